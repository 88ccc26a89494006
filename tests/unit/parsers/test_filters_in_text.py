"""Filters and ids as people say them, in six languages."""

import pytest

from tests.parsing import composed


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", 'show reviews that mention "battery"', 'show where includes("battery")'),
        ("en", "show reviews that mention battery or screen", 'show where includes("battery") or includes("screen")'),
        (
            "en",
            "show those labelled negative but predicted positive",
            "show where label = negative and prediction = positive",
        ),
        ("en", "show the ones that are not labelled neutral", "show where not label = neutral"),
        ("en", "show texts longer than 20 words", "show where words > 20"),
        ("en", "show texts with at most 100 characters", "show where chars <= 100"),
        ("en", "show reviews of exactly two sentences", "show where sents = 2"),
        (
            "en",
            "show negative or neutral reviews with fewer than 8 words",
            "show where (label = negative or label = neutral) and words < 8",
        ),
        ("en", "among those, show the positive ones", "show where previous and label = positive"),
        ("en", "show ids 3, 5 and 7", "show where id = 3 or id = 5 or id = 7"),
        (
            "de",
            "zeig Texte, die „Akku“ enthalten und nicht positiv sind",
            'show where includes("Akku") and not label = positive',
        ),
        ("de", "zeig als negativ vorhergesagte Bewertungen", "show where prediction = negative"),
        ("de", "zeig Texte mit mindestens drei Sätzen", "show where sents >= 3"),
        ("es", "muestra las reseñas de menos de 10 palabras", "show where words < 10"),
        (
            "es",
            "muestra las que contienen «batería» o «pantalla»",
            'show where includes("batería") or includes("pantalla")',
        ),
        ("ru", "покажи отзывы со словом «батарея»", 'show where includes("батарея")'),
        ("ru", "покажи тексты длиннее 20 слов", "show where words > 20"),
        ("zh", "显示包含“电池”的负面评论", 'show where includes("电池") and label = negative'),
        ("zh", "显示超过20个词的评论", "show where words > 20"),
        ("te", "20 పదాల కంటే ఎక్కువున్న రివ్యూలు చూపు", "show where words > 20"),
        ("te", "నెగటివ్ లేబుల్ ఉన్న సమీక్షలు చూపించు", "show where label = negative"),
        ("te", "'రైలు' అనే పదం ఉన్న సమీక్షలు చూపించు", 'show where includes("రైలు")'),
        ("en", "show the negative German reviews", "show where label = negative and language = de"),
        ("en", "show reviews written in Spanish or Russian", "show where language = es or language = ru"),
        ("en", "show German and Telugu reviews", "show where language = de or language = te"),
        ("en", "show the reviews that are not in English", "show where not language = en"),
        ("de", "zeig deutsche Bewertungen mit mehr als 20 Wörtern", "show where language = de and words > 20"),
        ("es", "muestra las reseñas alemanas", "show where language = de"),
        ("ru", "покажи отзывы на русском", "show where language = ru"),
        ("zh", "显示德语评论", "show where language = de"),
        ("te", "తెలుగు సమీక్షలు చూపించు", "show where language = te"),
        ("fr", "montre les avis en allemand", "show where language = de"),
        ("ar", "أظهر المراجعات الألمانية", "show where language = de"),
        ("tr", "almanca yorumları göster", "show where language = de"),
        ("hi", "जर्मन समीक्षाएँ दिखाओ", "show where language = de"),
        ("sw", "nionyeshe maoni ya kijerumani", "show where language = de"),
        ("ja", "ドイツ語のレビューを見せて", "show where language = de"),
        ("en", "show 12 in German", "show where id = 12"),
        ("en", "show the 3 longest reviews", "show(most=3, order=longest)"),
        ("en", "show me five negative reviews", "show(most=5) where label = negative"),
        ("en", "show 5 of the negative reviews", "show(most=5) where label = negative"),
        ("de", "zeig mir die kürzesten deutschen Bewertungen", "show(order=shortest) where language = de"),
        ("es", "muestra las reseñas más largas de 20 palabras", "show where words > 20"),
        ("es", "muestra la reseña negativa más corta", "show(order=shortest) where label = negative"),
        ("ru", "покажи самый длинный отзыв", "show(order=longest)"),
        ("zh", "显示最长的3条评论", "show(most=3, order=longest)"),
        ("te", "అతి పొడవైన సమీక్ష చూపించు", "show(order=longest)"),
    ],
)
def test_filters(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language) == query


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "show reviews that don’t mention battery", 'not includes("battery")'),
        ("en", "show those that aren’t negative", "not label = negative"),
        ("en", "reviews that can't be positive", "not label = positive"),
        ("en", 'reviews that lack the word "battery"', 'not includes("battery")'),
        ("en", 'reviews where "battery" is not mentioned', 'not includes("battery")'),
        ("es", "cuántas no están en español", "not language = es"),
        ("de", "zeig Texte, die „Akku“ nicht enthalten", 'not includes("Akku")'),
        ("de", "zeig Texte, in denen das Wort „Akku“ nicht vorkommt", 'not includes("Akku")'),
        (
            "de",
            "zeig Texte, die „Akku“ enthalten, nicht aber „Display“",
            'includes("Akku") and not includes("Display")',
        ),
        ("es", "muestra reseñas donde «batería» no aparece", 'not includes("batería")'),
        ("fr", "avis où « prix » n’apparaît pas", 'not includes("prix")'),
        ("fr", "les avis qui ne sont pas négatifs", "not label = negative"),
        ("ru", "отзывы, где «батарея» не упоминается", 'not includes("батарея")'),
        ("zh", "“电池”没有出现的评论", 'not includes("电池")'),
        ("hi", "जो रिव्यू सकारात्मक नहीं हैं", "not label = positive"),
        ("tr", "pozitif hariç yorumları göster", "not label = positive"),
        ("tr", '"pil" içermeyen yorumları göster', 'not includes("pil")'),
        ("ja", "「電池」を含まないレビューを見せて", 'not includes("電池")'),
        ("ja", "ポジティブじゃないレビュー", "not label = positive"),
        ("sw", 'maoni yasiyo na neno "betri"', 'not includes("betri")'),
        ("sw", "maoni ambayo si chanya", "not label = positive"),
        ("ar", "مراجعات لم تذكر «البطارية»", 'not includes("البطارية")'),
        ("ar", "مراجعات دون كلمة «البطارية»", 'not includes("البطارية")'),
    ],
)
def test_what_is_denied(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language) == f"show where {query}"


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("es", "reseñas que tienen al menos una positiva", "label = positive"),
        ("en", "no more than 5 negative reviews", "label = negative"),
        ("de", "nicht mehr als 5 negative Bewertungen", "label = negative"),
        ("ru", "не более 5 отрицательных отзывов", "label = negative"),
        ("zh", "显示不超过5条负面评论", "label = negative"),
        ("tr", "ne kadar olumlu yorum var?", "label = positive"),
        ("de", "zeig mir ne negative Bewertung", "label = negative"),
        ("es", "muéstrame si hay reseñas negativas", "label = negative"),
        ("en", "find negative reviews", "label = negative"),
        ("en", "couldn't you show negative reviews?", "label = negative"),
        ("en", "show reviews whose output is negative", "prediction = negative"),
        ("ar", "اعرض المراجعات الإيجابية والسلبية", "label = positive or label = negative"),
    ],
)
def test_what_denies_nothing(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language).replace("(most=5)", "") == f"show where {query}"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "show 5 negative reviews"),
        ("en", "show at least 3 negative"),
        ("de", "zeig 5 negative Bewertungen"),
        ("es", "muestra 5 reseñas negativas"),
        ("es", "muestra 5 negativas"),
        ("ru", "покажи 5 отрицательных отзывов"),
        ("zh", "显示5条负面评论"),
        ("te", "5 నెగటివ్ రివ్యూలు చూపు"),
        ("fr", "montre 5 avis négatifs"),
        ("ar", "اعرض 5 مراجعات سلبية"),
        ("tr", "5 olumsuz yorum göster"),
        ("hi", "5 नकारात्मक रिव्यू दिखाओ"),
        ("ja", "ネガティブなレビューを5件見せて"),
        ("zh", "给我看负面评论5条"),
        ("ja", "ネガティブなレビュー5件見せて"),
        ("sw", "onyesha maoni 5 hasi"),
        ("en", "show 2 or 3 negative reviews"),
    ],
)
def test_a_count_of_what_a_filter_keeps_is_no_id(language: str, text: str) -> None:
    most = max(char for char in text if char.isdigit())
    assert composed(text, "show", language=language) == f"show(most={most}) where label = negative"


def test_a_count_of_what_is_shown_is_no_id() -> None:
    shown = "show(most=5)"
    assert composed("muéstrame 5 reseñas al azar", "show", language="es") == composed("show 5 reviews", "show") == shown
    assert composed("显示5条", "show", language="zh") == "show where id = 5"
    assert composed("77中性", "show", language="zh") == "show where id = 77"
    assert composed("显示5负面评论", "show", language="zh") == "show(most=5) where label = negative"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "show ids 5 to 8"),
        ("en", "rows 5-8"),
        ("de", "zeig die Nummern 5 bis 8"),
        ("es", "muestra los ejemplos 5 a 8"),
        ("ru", "покажи номера 5 до 8"),
        ("zh", "第5到8条"),
        ("en", "show 5-8"),
        ("en", "show reviews from 5 to 8"),
        ("de", "Zeig mir 5 bis 8"),
        ("es", "muestra de la 5 a la 8"),
        ("ru", "отзывы с 5 по 8"),
        ("zh", "显示5到8"),
        ("te", "5 నుండి 8 చూపించు"),
        ("fr", "montre de 5 à 8"),
        ("ar", "اعرض من 5 إلى 8"),
        ("hi", "5 से 8 दिखाओ"),
        ("sw", "onyesha 5 hadi 8"),
        ("ja", "5から8を見せて"),
    ],
)
def test_ranges_of_ids(language: str, text: str) -> None:
    assert composed(text, "show", language=language) == "show where id = 5 or id = 6 or id = 7 or id = 8"


def test_what_a_range_counts_is_no_range_of_ids() -> None:
    assert composed("5-8 reviews similar to 12", "similar").endswith(") where id = 12")
    assert composed("show reviews with 5 to 8 characters", "show") == "show where chars >= 5 and chars <= 8"
    assert composed("explain 5 to 8", "attribute") == "attribute where id = 5 or id = 6 or id = 7 or id = 8"


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "Show all reviews except 5", "not id = 5"),
        ("en", "Show all reviews except 5 and 7", "not (id = 5 or id = 7)"),
        ("en", "Show all negative reviews except 5", "label = negative and not id = 5"),
        ("de", "Zeig alle außer 5", "not id = 5"),
        ("es", "muestra todas menos la 5", "not id = 5"),
        ("ru", "покажи все отзывы, кроме 5", "not id = 5"),
        ("zh", "显示除了第5条以外的评论", "not id = 5"),
        ("te", "5 తప్ప అన్నీ చూపించు", "not id = 5"),
        ("fr", "montre tous les avis sauf 5", "not id = 5"),
        ("ar", "اعرض كل المراجعات باستثناء 5", "not id = 5"),
        ("tr", "5 ve 7 hariç hepsini göster", "not (id = 5 or id = 7)"),
        ("hi", "5 को छोड़कर सब दिखाओ", "not id = 5"),
        ("sw", "onyesha yote isipokuwa 5", "not id = 5"),
        ("ja", "5以外を見せて", "not id = 5"),
        ("en", "show id 13, not id 12", "id = 13"),
        ("en", "show no. 12 and no. 13", "id = 12 or id = 13"),
        ("de", "ich kann die 26 nicht entziffern, zeig sie mir", "id = 26"),
        ("de", "zeig nicht 12, zeig 13", "id = 13"),
        ("en", "why should I see 12 and not 13?", "id = 12"),
        ("de", "warum siehst du 12 und nicht 13", "id = 12"),
    ],
)
def test_ids_that_are_left_out(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language) == f"show where {query}"


def test_no_ranges_of_ids() -> None:
    assert composed("compare id 5 to id 8", "compare") == "compare where id = 5 or id = 8"
    assert composed("show rows 5 to 5000", "show") == "show where id = 5"
    assert composed("show 1,2 and 5", "show") == "show where id = 1 or id = 2 or id = 5"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "reviews between 5 and 10 words"),
        ("en", "5-10 words"),
        ("en", "5 to 10 words"),
        ("de", "Texte mit fünf bis zehn Wörtern"),
        ("es", "reseñas de 5 a 10 palabras"),
        ("es", "reseñas entre 5 y 10 palabras"),
        ("ru", "отзывы от 5 до 10 слов"),
        ("zh", "显示5到10个词的评论"),
        ("te", "5 నుండి 10 పదాల సమీక్షలు"),
        ("fr", "avis de 5 à 10 mots"),
        ("ar", "مراجعات من 5 إلى 10 كلمات"),
        ("tr", "5 ile 10 kelime arasındaki yorumlar"),
        ("hi", "5 से 10 शब्द वाले रिव्यू"),
        ("ja", "5から10語のレビュー"),
        ("sw", "kati ya 5 na 10 maneno"),
    ],
)
def test_ranges_of_lengths(language: str, text: str) -> None:
    assert composed(text, "show", language=language) == "show where words >= 5 and words <= 10"


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "texts containing up to 20 words", "words <= 20"),
        ("fr", "textes contenant moins de 10 mots", "words < 10"),
        ("ar", "نصوص تحتوي على أكثر من 20 كلمة", "words > 20"),
        ("es", "textos que contengan como mínimo 20 palabras", "words >= 20"),
        ("ru", "тексты, содержащие хотя бы 20 слов", "words >= 20"),
        ("hi", "20 शब्द से ज़्यादा वाले टेक्स्ट", "words > 20"),
        ("tr", "20 kelimeden az yorumlar", "words < 20"),
        ("ja", "3文以上のレビュー", "sents >= 3"),
        ("ja", "3文未満のレビュー", "sents < 3"),
        ("zh", "显示词数至少100的文本", "words >= 100"),
    ],
)
def test_comparisons_are_no_words_to_look_for(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language) == f"show where {query}"


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("de", "Schlüsselwörter der Texte, die „Akku“ enthalten", 'includes("Akku")'),
        ("es", "palabras clave de los textos donde «batería» aparece", 'includes("batería")'),
        ("tr", '"pil" geçmeyen yorumların anahtar kelimeleri', 'not includes("pil")'),
    ],
)
def test_a_quotation_before_its_verb_is_no_text_of_ones_own(language: str, text: str, query: str) -> None:
    assert composed(text, "keywords", language=language) == f"keywords where {query}"


@pytest.mark.parametrize(
    ("operation", "text", "query"),
    [
        ("predict", "is 12 positive or negative?", "predict where id = 12"),
        ("predict", "positive or negative?", "predict"),
        ("likelihood", "how sure are you that it is positive?", "likelihood"),
        ("counterfactual", "make 12 positive", "counterfactual(label=positive) where id = 12"),
        ("predict", 'predict "all 12 of them were bad" next to id 7', 'predict on "all 12 of them were bad"'),
        ("count", "how many data are there in this data set?", "count"),
        ("keywords", "the 10 most frequent words", "keywords(k=10)"),
        ("labels", "are there more positive or negative ones?", "labels"),
        ("functions", "what can you do with id 12?", "functions"),
        ("labels", "Which classes are there, and how often is each of those?", "labels"),
        ("mistakes", "My boss wants to see where you fail. Show me a few of those", "mistakes(kind=sample)"),
        ("counterfactual", "what of 1730 must change? And of 1745?", "counterfactual where id = 1730 or id = 1745"),
        ("count", "数据集里面一共有多少条？", "count"),
        ("show", "show me 1 star reviews", "show"),
    ],
)
def test_what_is_no_filter(operation: str, text: str, query: str) -> None:
    assert composed(text, operation) == query


@pytest.mark.parametrize(
    ("text", "operation", "query"),
    [
        ("how accurate is it on Spanish texts", "score", "score(metric=accuracy) where language = es"),
        ("how accurate is it? answer in Spanish", "score", "score(metric=accuracy)"),
        ("which words matter most in the Chinese reviews", "keywords", "keywords where language = zh"),
        ("which words matter most, in Chinese please", "keywords", "keywords"),
    ],
)
def test_a_language_of_the_data_and_one_of_the_answer(text: str, operation: str, query: str) -> None:
    assert composed(text, operation) == query
