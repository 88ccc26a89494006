"""Bare words to look for: which word it is, and where there is none."""

import pytest

from tests.parsing import composed


@pytest.mark.parametrize(
    ("language", "text", "word"),
    [
        ("en", "reviews that mention their battery", "battery"),
        ("es", "reseñas que mencionan su batería", "batería"),
        ("fr", "avis qui mentionnent du retard", "retard"),
        ("fr", "avis qui mentionnent des problèmes", "problèmes"),
        ("fr", "avis qui mentionnent l'écran", "écran"),
        ("de", "Rezensionen, die den Akku erwähnen", "Akku"),
        ("de", "Rezensionen, die den Akku erwähnen bitte", "Akku"),
        ("de", "Rezensionen, in denen der Akku vorkommt", "Akku"),
        ("ru", "отзывы, где есть слово доставка", "доставка"),
        ("zh", "提到了电池的评论", "电池"),
        ("zh", "提到过电池的评论", "电池"),
        ("zh", "包含电池这个词的评论", "电池"),
        ("zh", "有电池这个词的评论", "电池"),
        ("te", "బ్యాటరీ అనే పదం ఉన్న రివ్యూలు", "బ్యాటరీ"),
        ("tr", "içinde pil geçen yorumlar", "pil"),
        ("tr", "pil kelimesi geçen yorumlar", "pil"),
        ("hi", "जिनमें बैटरी शब्द है वो रिव्यू", "बैटरी"),
        ("ja", "電池という単語を含むレビュー", "電池"),
    ],
)
def test_the_word(language: str, text: str, word: str) -> None:
    assert composed(text, "show", language=language) == f'show where includes("{word}")'


@pytest.mark.parametrize(
    ("language", "text", "word"),
    [
        ("en", "reviews that mention no battery", "battery"),
        ("de", "Rezensionen, die den Akku nicht erwähnen", "Akku"),
        ("de", "Rezensionen, die keinen Akku erwähnen", "Akku"),
        ("zh", "没有电池这个词的评论", "电池"),
        ("tr", "pil geçmeyen yorumlar", "pil"),
    ],
)
def test_a_word_that_is_denied(language: str, text: str, word: str) -> None:
    assert composed(text, "show", language=language) == f'show where not includes("{word}")'


@pytest.mark.parametrize(
    ("language", "operation", "text", "query"),
    [
        ("en", "show", "look for very negative reviews", "show where label = negative"),
        ("en", "show", "Show all negative reviews including their predictions", "show where label = negative"),
        ("en", "mistakes", "I'm looking for mistakes", "mistakes(kind=sample)"),
        ("hi", "count", "कितनी समीक्षाओं में 20 से ज़्यादा शब्द हैं?", "count where words > 20"),
        ("ar", "count", "كم مراجعة أطول من 20 كلمة في البيانات؟", "count where words > 20"),
        ("de", "count", "Wie viele Rezensionen erwähnen bitte", "count"),
        ("de", "show", "Zeig Kritiken, die kurz sind", "show"),
    ],
)
def test_no_word_to_look_for(language: str, operation: str, text: str, query: str) -> None:
    assert composed(text, operation, language=language) == query


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        (
            "en",
            "reviews that mention battery, screen or price",
            'includes("battery") or includes("screen") or includes("price")',
        ),
        (
            "en",
            "reviews that mention battery, screen and price",
            'includes("battery") and includes("screen") and includes("price")',
        ),
        ("en", "reviews containing both battery and screen", 'includes("battery") and includes("screen")'),
        ("zh", "提到电池和屏幕的评论", 'includes("电池") and includes("屏幕")'),
        ("zh", "提到电池或者屏幕的评论", 'includes("电池") or includes("屏幕")'),
        ("de", "die den Akku oder das Display erwähnen", 'includes("Akku") or includes("Display")'),
    ],
)
def test_several_words(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language) == f"show where {query}"


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "reviews that mention neither battery nor screen", ("battery", "screen")),
        ("de", "Rezensionen, die weder den Akku noch das Display erwähnen", ("Akku", "Display")),
    ],
)
def test_neither_of_two_words(language: str, text: str, words: tuple[str, str]) -> None:
    query = " and ".join(f'not includes("{word}")' for word in words)
    assert composed(text, "show", language=language) == f"show where {query}"


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "reviews that contain the words battery and screen", 'includes("battery") and includes("screen")'),
        ("de", "Bewertungen, sie enthalten die Wörter Akku und Display", 'includes("Akku") and includes("Display")'),
        ("es", "las que contienen las palabras batería y pantalla", 'includes("batería") and includes("pantalla")'),
        ("ru", "отзывы, которые содержат слова батарея и экран", 'includes("батарея") and includes("экран")'),
        ("zh", "包含电池和屏幕这两个词的评论", 'includes("电池") and includes("屏幕")'),
        ("en", "reviews that mention battery but not screen", 'includes("battery") and not includes("screen")'),
        ("es", "mencionan la batería pero no la pantalla", 'includes("batería") and not includes("pantalla")'),
        ("ru", "упоминают батарею, но не экран", 'includes("батарею") and not includes("экран")'),
        ("es", "no mencionan ni la batería ni la pantalla", 'not includes("batería") and not includes("pantalla")'),
        ("ru", "не упоминают ни батарею, ни экран", 'not includes("батарею") and not includes("экран")'),
        ("de", "Texte, die weder Akku noch Display erwähnen", 'not includes("Akku") and not includes("Display")'),
    ],
)
def test_lists_of_words(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language) == f"show where {query}"


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "how many reviews talk about customer service", 'includes("customer service")'),
        ("en", "how many reviews are about battery", 'includes("battery")'),
        ("en", "how many talk about the price and are negative", 'includes("price") and label = negative'),
        ("en", "how many reviews about price do you have", 'includes("price")'),
        ("en", "reviews that are not about price", 'not includes("price")'),
        ("de", "wie viele Bewertungen handeln vom Preis", 'includes("Preis")'),
        ("de", "wie viele Bewertungen handeln von der Lieferung?", 'includes("Lieferung")'),
        ("de", "Bewertungen, die nicht vom Preis handeln", 'not includes("Preis")'),
        ("es", "cuántas reseñas hablan del precio", 'includes("precio")'),
        ("es", "reseñas sobre la batería y la pantalla", 'includes("batería") and includes("pantalla")'),
        ("es", "reseñas que no hablan de la batería", 'not includes("batería")'),
        ("fr", "combien d'avis parlent du prix", 'includes("prix")'),
        ("fr", "les avis qui ne parlent pas du prix", 'not includes("prix")'),
        ("fr", "les avis sur la livraison", 'includes("livraison")'),
        ("ru", "сколько отзывов про цену?", 'includes("цену")'),
        ("ru", "отзывы где говорится про отель", 'includes("отель")'),
        ("ru", "отрицательные отзывы о доставке", 'label = negative and includes("доставке")'),
        ("zh", "说到快递或者客服的评论有多少", 'includes("快递") or includes("客服")'),
        ("zh", "跟价格有关的评论有多少", 'includes("价格")'),
        ("zh", "关于电池的评论", 'includes("电池")'),
        ("zh", "不是关于电池的评论", 'not includes("电池")'),
        ("zh", "多少评论里有酒店", 'includes("酒店")'),
        ("zh", "出现价格的评论有多少", 'includes("价格")'),
        ("te", "కెమెరా లేదా బ్యాటరీ గురించి ఉన్న రివ్యూలు ఎన్ని?", 'includes("కెమెరా") or includes("బ్యాటరీ")'),
        ("te", "ధర గురించి నెగటివ్ రివ్యూలు", 'includes("ధర") and label = negative'),
        ("te", "బ్యాటరీ గురించి కాని రివ్యూలు", 'not includes("బ్యాటరీ")'),
        ("ja", "ホテルに触れているレビュー", 'includes("ホテル")'),
        ("hi", "बैटरी के बारे में नकारात्मक समीक्षाएं", 'includes("बैटरी") and label = negative'),
        ("tr", "pil hakkındaki yorumlar", 'includes("pil")'),
        ("ar", "مراجعات عن البطارية", 'includes("البطارية")'),
        ("sw", "maoni kuhusu betri", 'includes("betri")'),
    ],
)
def test_what_rows_are_about(language: str, text: str, query: str) -> None:
    assert composed(text, "count", language=language) == f"count where {query}"


@pytest.mark.parametrize(
    ("language", "operation", "text", "query"),
    [
        ("en", "show", "tell me about the reviews", "show"),
        ("en", "show", "show me information about reviews", "show"),
        ("en", "count", "how many reviews about 20 words long are there", "count where words = 20"),
        ("de", "show", "was kannst du mir über die Bewertungen sagen", "show"),
        ("fr", "show", "les avis sur lesquels tu n'étais pas sûr", "show"),
        ("zh", "show", "有错误的评论", "show"),
        ("zh", "count", "有没有负面的评论？", "count where label = negative"),
        ("ru", "show", "расскажи о отзывах", "show"),
        ("de", "score", "Könnten Sie mir die ROC-Kennzahl nennen?", "score(metric=roc)"),
        ("es", "mistakes", "No hace falta verlos, solo el número de predicciones erróneas", "mistakes(kind=count)"),
    ],
)
def test_what_only_looks_like_a_topic(language: str, operation: str, text: str, query: str) -> None:
    assert composed(text, operation, language=language) == query


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("de", "wie oft wird der Preis erwähnt", 'includes("Preis")'),
        ("fr", "combien de fois le prix est mentionné", 'includes("prix")'),
        ("es", "cuántas veces se menciona el precio", 'includes("precio")'),
        ("en", "in how many reviews the price is mentioned", 'includes("price")'),
        ("ru", "сколько отзывов содержат слово качество", 'includes("качество")'),
        ("ru", "сколько отзывов без слова плохо", 'not includes("плохо")'),
        ("ru", "нас интересуют отзывы с упоминанием доставки, сколько их", 'includes("доставки")'),
        ("te", "బ్యాటరీ లేదా కెమెరా అనే పదాలు ఉన్న రివ్యూలు ఎన్ని", 'includes("బ్యాటరీ") or includes("కెమెరా")'),
        ("te", "బ్యాటరీని ప్రస్తావించిన రివ్యూలు ఎన్ని?", 'includes("బ్యాటరీని")'),
        ("zh", "good出现在多少条评论里", 'includes("good")'),
    ],
)
def test_a_word_that_is_said_to_appear(language: str, text: str, query: str) -> None:
    assert composed(text, "count", language=language) == f"count where {query}"


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("de", "Bewertungen, die den Akku sowie das Display erwähnen", 'includes("Akku") and includes("Display")'),
        ("de", "in denen das Wort gut oder das Wort toll vorkommt", 'includes("gut") or includes("toll")'),
        ("es", "reseñas que mencionan batería e imagen", 'includes("batería") and includes("imagen")'),
        ("sw", "maoni yanayotaja betri na skrini", 'includes("betri") and includes("skrini")'),
        ("hi", "जिनमें बैटरी और स्क्रीन शब्द है वो रिव्यू", 'includes("बैटरी") and includes("स्क्रीन")'),
    ],
)
def test_words_joined_as_each_language_joins_them(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language) == f"show where {query}"
