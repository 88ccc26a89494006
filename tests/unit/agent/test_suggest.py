"""What follows from an answer: a wrong one brings the right one nearer, an unreliable map another method, an own text its like."""

from __future__ import annotations

from agent.registries import discover_all
from agent.replying.suggest import suggestions
from agent.state import Answer
from core.blocks import Choices
from core.data import Instance
from core.dialogue import Request
from core.explanations import Attribution, Neighbours, Prediction, Table, Token
from core.faithfulness import BETTER, NO_BETTER, NOT_APPLICABLE, Faithfulness
from core.filters import Includes
from core.provenance import Provenance

discover_all()
LABELS, SHARES = ("negative", "positive"), (0.8, 0.2)


def offered(request: Request, label: str, verdict: str = BETTER, method: str = "lime") -> Choices:
    """The buttons beneath a map of a text with this gold label, which the model calls negative."""
    seen = Prediction(Instance((("text", "tea"),), 3 if request.ids else None, label), LABELS, SHARES)
    made = Attribution(seen, "negative", method, (Token("tea", 0, 3),), (1.0,), "logit")
    found = suggestions(Answer(request, made, Faithfulness(verdict)), "en")[0]
    assert isinstance(found, Choices)
    return found


def test_a_wrong_answer_offers_what_would_make_it_right() -> None:
    wrong = offered(Request("attribute", ids=(3,)), "positive")
    assert "counterfactual(label=positive) where id = 3" in wrong.queries
    assert not any("counterfactual" in query for query in offered(Request("attribute", ids=(3,)), "negative").queries)


def test_no_button_offers_what_the_model_cannot_do() -> None:
    seen = Prediction(Instance((("text", "tea"),), 3, "mixed"), LABELS, SHARES)
    fallback = Provenance(notes=(("fallback", (("method", "integrated_gradients"), ("used", "occlusion"))),))
    made = Attribution(seen, "negative", "occlusion", (Token("tea", 0, 3),), (1.0,), "logit", provenance=fallback)
    for request, explanation in ((Request("attribute", ids=(3,)), made), (Request("predict", ids=(3,)), seen)):
        (found,) = suggestions(Answer(request, explanation, Faithfulness(NO_BETTER)), "en")
        assert isinstance(found, Choices) and found.title == ""
        assert not any("gradients" in label for label in found.labels)
        assert not any("counterfactual" in query for query in found.queries), "it never answers “mixed”"


def test_a_text_of_ones_own_offers_similar_rows() -> None:
    own = offered(Request("attribute", custom=(("text", "tea"),)), "")
    assert any(query.startswith("similar(k=3)") for query in own.queries)
    assert not any("similar" in query for query in offered(Request("attribute", ids=(3,)), "negative").queries)


def test_an_unreliable_map_offers_another_method_and_says_why() -> None:
    bad = offered(Request("attribute", ids=(3,)), "negative", NO_BETTER)
    assert bad.title.startswith("This map of LIME is nothing to rely on") and "takes words out" in bad.title
    assert bad.queries[0] == "attribute(method=occlusion) where id = 3"
    back = offered(Request("attribute", ids=(3,)), "negative", NO_BETTER, "occlusion")
    assert "gradients" in back.title and back.queries[0] == "attribute where id = 3", "the usual method, or the nearest"
    assert offered(Request("attribute", ids=(3,)), "negative", BETTER).title == ""


def test_a_model_that_writes_can_be_asked_what_it_writes_next() -> None:
    causal = offered(Request("attribute", ids=(3,), model="smollm2-135m"), "negative", NO_BETTER)
    assert causal.queries[-1] == 'attribute(written="*") where id = 3' and len(causal.queries) == 3
    assert not any(
        "written" in query for query in offered(Request("attribute", ids=(3,), model="e5-small"), "").queries
    )
    seen = Prediction(Instance((("text", "tea"),)), ("is hot", "…"), SHARES)
    made = Attribution(seen, "is hot", "lime", (Token("tea", 0, 3),), (1.0,), "log_probability", written="is hot. So")
    asked = Request("attribute", (("written", "*"),), custom=(("text", "tea"),), model="smollm2-135m")
    found = suggestions(Answer(asked, made, Faithfulness(NO_BETTER)), "en")[0]
    assert isinstance(found, Choices)
    assert found.queries == ('attribute(method=occlusion, written="*") on "tea"',), "what it wrote is no label to mend"


def test_the_training_row_that_is_named_is_the_one_unlearned() -> None:
    seen = Prediction(Instance((("text", "tea"),), 17, "positive"), LABELS, SHARES)
    made = Neighbours(seen.instance, (Instance((("text", "green tea"),), 44),), (0.9,), "cosine", seen)
    asked = Answer(Request("influence", where=Includes("tea")), made, Faithfulness(NOT_APPLICABLE))
    first = suggestions(asked, "en")[0]
    assert isinstance(first, Choices) and first.queries == ("unlearn where id = 44",)


def test_a_precision_goes_along_where_a_model_is_asked() -> None:
    asked = Request("attribute", (("method", "lime"), ("precision", "rtn4")), ids=(3,))
    assert "counterfactual(label=positive, precision=rtn4) where id = 3" in offered(asked, "positive").queries
    table = Table(("id", "text"), ((3, "tea"),), "sample")
    wrong = Answer(Request("mistakes", (("precision", "rtn4"),)), table, Faithfulness(NOT_APPLICABLE))
    first = suggestions(wrong, "en")[0]
    assert isinstance(first, Choices) and first.queries == ("show where id = 3",), "rows are shown without a model"
