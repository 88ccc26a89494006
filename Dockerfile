# Polylens on a processor, as a user without rights. Build: docker build -t polylens . (docs/deploy.md)
FROM python:3.11-slim

# The address of torch's builds for processors alone (pytorch.org names it): several GB less. Empty: the registry's usual build.
ARG TORCH_INDEX=

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    POLYLENS_HOST=0.0.0.0 POLYLENS_PORT=7860 POLYLENS_CACHE=/cache

RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home polylens \
    && install --directory --owner polylens --group polylens /cache

WORKDIR /app
# What rarely changes first, so that a new version of Polylens does not install its libraries again.
COPY requirements.txt ./
RUN pip install ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} -r requirements.txt
COPY pyproject.toml LICENSE README.md ./
# An extra of pyproject.toml besides PostgreSQL, such as mcp: --build-arg EXTRAS=postgres,mcp
ARG EXTRAS=postgres
RUN python -c 'import sys, tomllib; \
all = tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]; \
print(*(line for name in sys.argv[1].split(",") if name for line in all[name]), sep="\n")' "$EXTRAS" > /tmp/extras.txt \
    && pip install -r /tmp/extras.txt \
    && rm /tmp/extras.txt
COPY app.py ./
COPY agent agent
COPY core core
COPY datasets datasets
COPY explainers explainers
COPY jobs jobs
COPY models models
COPY operations operations
COPY parsers parsers
COPY ui ui

# What libraries keep of their own lies in the volume, too: nothing but /cache and /tmp is written, so the rest may be read-only.
ENV MPLCONFIGDIR=/cache/matplotlib HF_HOME=/cache/huggingface
USER polylens
# yes: the default model is part of the image (about 260 MB more); no: it is fetched at the first start into the volume
ARG MODELS=no
RUN if [ "$MODELS" = yes ]; then python -m jobs prepare --neighbours; fi
VOLUME /cache
EXPOSE 7860
# The smallest answer that Gradio gives: it touches no model and no session, and needs no password.
HEALTHCHECK --interval=30s --timeout=5s --start-period=180s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"POLYLENS_PORT\"]}/gradio_api/app_id', timeout=4)"]
# The first process of a container does not hear SIGTERM unless it asks for it; Ctrl+C it does.
STOPSIGNAL SIGINT
CMD ["python", "app.py"]
