"""Numbers: any script, words, ordinals; ids and counts told apart by what stands beside them."""

import pytest

from core.errors import UserError
from parsers.numbers.numerals import Number
from parsers.numbers.roles import find_numbers
from parsers.words.number_words import cardinal, cardinals, han, ordinal, ordinals


def _kinds(text: str, language: str) -> list[tuple[int, str]]:
    found = [number for number in find_numbers(text, (language, "en")) if number.sure]
    return [(number.value, "id" if number.is_id else "count" if number.is_count else "?") for number in found]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "show id 12", [(12, "id")]),
        ("en", "learn instance 1,003", [(1003, "id")]),
        ("de", "acht Wörter von Nr. 1.040", [(8, "count"), (1040, "id")]),
        ("ar", "المثال رقم ١٬٤٣٧", [(1437, "id")]),
        ("en", "a score of 0.950 and 12,345.67", []),
        ("te", "1700 లాంటివి", [(1700, "id")]),
        ("en", "the 12th one", [(12, "id")]),
        ("en", "3 most important words for id 7", [(3, "count"), (7, "id")]),
        ("en", "ids 3, 5 and 7 with the top three", [(3, "id"), (5, "id"), (7, "id"), (3, "count")]),
        ("en", "number twenty-one", [(21, "id")]),
        ("en", "one of them", []),
        ("en", "around twenty-nine (29)", [(29, "?")]),
        ("en", "version 3.2 went live on 14 May, see page 7: what of 205?", [(205, "?")]),
        ("es", "tengo diez minutos", []),
        ("zh", "第14页写着什么不管，第12条呢", [(12, "id")]),
        ("de", "zeig mir id 5, ich habe 10 Minuten", [(5, "id")]),
        ("ru", "пятёрка слов для 920", [(5, "count"), (920, "?")]),
        ("en", "first predict it, then explain it", []),
        ("en", "the first 12 words of #4", [(12, "count"), (4, "id")]),
        ("en", "the 4-bit model, f1 0.5, gpt-4, word2vec, 50 %", []),
        ("en", "id12 top5", [(12, "id"), (5, "count")]),
        ("en", "id 123456789012345678901234567890", []),
        ("de", "die drei wichtigsten Wörter von Nr. 12", [(3, "count"), (12, "id")]),
        ("de", "die einundzwanzigste Instanz", [(21, "id")]),
        ("de", "ein Beispiel", []),
        ("es", "las 3 palabras más importantes del número treinta y cinco", [(3, "count"), (35, "id")]),
        ("ru", "двенадцатый отзыв, три самых важных", [(12, "id"), (3, "count")]),
        ("ru", "пример № 12", [(12, "id")]),
        ("zh", "第12条的3个最重要的词", [(12, "id"), (3, "count")]),
        ("zh", "第十二条，前五个", [(12, "id"), (5, "count")]),
        ("zh", "第1、2、4条", [(1, "id"), (2, "id"), (4, "id")]),
        ("zh", "解释一下", []),
        ("te", "౧౨వ ఉదాహరణ", [(12, "id")]),
        ("te", "ఐడి 12 మూడు ముఖ్యమైన పదాలు", [(12, "id"), (3, "count")]),
        ("te", "పన్నెండో సమీక్ష", [(12, "id")]),
        ("fr", "l'exemple soixante-douze", [(72, "id")]),
        ("ar", "أهم ثلاث كلمات في المثال رقم ١٢", [(3, "count"), (12, "id")]),
        ("tr", "12 numaralı örneğe en benzer 3 örnek", [(12, "id"), (3, "count")]),
        ("hi", "उदाहरण १२ के लिए तीन सबसे महत्वपूर्ण शब्द", [(12, "id"), (3, "count")]),
        ("sw", "mfano namba kumi na mbili", [(12, "id")]),
        ("ja", "12番の上位3トークン", [(12, "id"), (3, "count")]),
        ("en", "ids 3,5,7", [(3, "id"), (5, "id"), (7, "id")]),
        ("zh", "第3,5,7条", [(3, "id"), (5, "id"), (7, "id")]),
        ("en", "ids 3,5", [(3, "id"), (5, "id")]),
        ("en", "a score of 3,5", []),
        ("en", "numbers 1,2 and 5", [(1, "id"), (2, "id"), (5, "id")]),
        ("en", "ids 100,200,300", [(100, "id"), (200, "id"), (300, "id")]),
        ("en", "ids 1,003 and 1,204", [(1003, "id"), (1204, "id")]),
        ("en", "id-12 and row-14", [(12, "id"), (14, "id")]),
        ("en", "id_13", [(13, "?")]),
        ("de", "Instanz-12", [(12, "id")]),
        ("en", "the top-3 words of 12", [(3, "count"), (12, "?")]),
        ("es", "predice nº12 y n.º13", [(12, "id"), (13, "id")]),
        ("es", "muestra 5 ejemplos similares a la 12", [(5, "count"), (12, "?")]),
        ("es", "la muestra 12", [(12, "id")]),
        ("en", "sample 5 texts similar to 12", [(5, "count"), (12, "?")]),
        ("zh", "给我两三个词", []),
        ("zh", "第二三号", [(23, "id")]),
        ("ar", "المثال الخامس والعشرين", [(25, "id")]),
        ("fr", "le vingt et unième exemple", [(21, "id")]),
        ("es", "el vigésimo quinto ejemplo", [(25, "id")]),
        ("hi", "इक्कीसवें उदाहरण", [(21, "id")]),
        ("tr", "otuzuncu örnek", [(30, "id")]),
        ("hi", "बता दो कि 12 क्यों नकारात्मक है", [(12, "?")]),
        ("hi", "12 समझा दो प्लीज़", [(12, "?")]),
        ("hi", "12 के दो शब्द", [(12, "?"), (2, "count")]),
        ("en", "explain ids 3 5 7", [(3, "id"), (5, "id"), (7, "id")]),
        ("en", "id 12 with 5 words", [(12, "id"), (5, "count")]),
        ("en", "the first and second review", [(1, "id"), (2, "id")]),
        ("de", "die erste und die zweite Bewertung", [(1, "id"), (2, "id")]),
        ("ru", "первый и второй отзыв", [(1, "id"), (2, "id")]),
        ("es", "la primera y la segunda reseña", [(1, "id"), (2, "id")]),
        ("ar", "رقم 3، 5 و7", [(3, "id"), (5, "id"), (7, "id")]),
        ("en", "the 2nd most important word in 12", [(12, "?")]),
        ("en", "the 2nd and 3rd most important word in 12", [(12, "?")]),
        ("de", "das 2te wichtigste Wort in 12", [(12, "?")]),
        ("es", "la 2ª palabra más importante de 12", [(12, "?")]),
        ("ru", "2-е по важности слово в 12", [(12, "?")]),
        ("fr", "le 2e mot le plus important de 12", [(12, "?")]),
        ("te", "12లో 2వ ముఖ్యమైన పదం", [(12, "?")]),
        ("zh", "12里第二重要的词", [(12, "?")]),
        ("ja", "12で二番目に重要な単語", [(12, "?")]),
        ("ja", "12番目の例", [(12, "id")]),
        ("en", "I ask for the 2nd time: 12", [(12, "?")]),
        ("te", "రెండో సారి అడుగుతున్నా, 12", [(12, "?")]),
        ("zh", "我第一次用这个，第12条", [(12, "id")]),
        ("de", "erklär mir 12 mal", [(12, "?")]),
        ("de", "zum 12ten ähnliche Texte", [(12, "id")]),
        ("zh", "评论5条", [(5, "count")]),
        ("zh", "评论5", [(5, "id")]),
        ("ja", "レビュー5件", [(5, "count")]),
        ("ja", "12番に似た例3つ", [(12, "id"), (3, "count")]),
        ("sw", "maoni 5 yanayofanana na namba 12", [(5, "count"), (12, "id")]),
        ("en", "review 12 with 5 stars", [(12, "id")]),
        ("de", "1-Sterne-Bewertungen", []),
        ("es", "reseñas de 5 estrellas", []),
        ("ru", "отзыв 12 с 5 звёздами", [(12, "id")]),
        ("fr", "l'avis 12 avec 5 étoiles", [(12, "id")]),
        ("en", "at least 90 percent sure about 12", [(12, "?")]),
        ("zh", "百分之90", []),
        ("hi", "90 प्रतिशत", []),
        ("tr", "yüzde 90", []),
        ("sw", "nyota 5", []),
        ("ja", "星5つ", []),
        ("en", "the text that resembles the fifth most.", [(5, "id")]),
        ("en", "on a scale of 1 to 10", []),
        ("en", "I have 5 to 10 minutes", []),
        ("te", "వెయ్యి రెండు వందల రివ్యూ", [(1200, "?")]),
        ("te", "ముప్ఫై నాలుగు చూపించు", [(34, "?")]),
        ("ru", "тысяча двести третий отзыв", [(1203, "id")]),
        ("zh", "一千一百零五为什么是负面", [(1105, "?")]),
        ("zh", "成百上千的评论", []),
        ("en", "review twelve hundred", [(1200, "id")]),
        ("te", "నెగటివ్ రివ్యూలు ఐదు చూపించు", [(5, "count")]),
        ("te", "రివ్యూలు 12, 15 చూపించు", [(12, "?"), (15, "?")]),
        ("te", "రివ్యూలు 12కి", [(12, "?")]),
        ("ru", "покажи отзывов десять", [(10, "count")]),
        ("ru", "слова отзывов 12 и 15", [(12, "id"), (15, "id")]),
        ("ru", "77 атакуй", [(77, "?")]),
        ("ja", "二十件目のレビュー", [(20, "id")]),
        ("en", "the three that are most similar", [(3, "count")]),
        ("de", "die fünf, die 12 am ähnlichsten sind", [(5, "count"), (12, "?")]),
        ("es", "las tres que más se parecen a la 12", [(3, "count"), (12, "?")]),
        ("fr", "dix semblables au quinze", [(10, "count"), (15, "?")]),
        ("en", "I'd give it 3 out of 5 stars", []),
        ("en", "12 out of 10, would buy again", []),
        ("en", "explain 12 out of curiosity", [(12, "?")]),
        ("de", "3 von 5 Sternen", []),
        ("fr", "5 étoiles sur 5", []),
    ],
)
def test_numbers_in_context(language: str, text: str, expected: list[tuple[int, str]]) -> None:
    assert _kinds(text, language) == expected


def test_spans_hold_the_words() -> None:
    text = "Satz zweihundertfünfunddreißig bitte"
    assert find_numbers(text, ("de",)) == [Number(235, 5, 30, is_id=True, spelled=True)]
    assert text[5:30] == "zweihundertfünfunddreißig"


@pytest.mark.parametrize(
    ("language", "word", "value"),
    [
        ("en", "forty two", 42),
        ("en", "three hundred and seven", 307),
        ("de", "achtundneunzig", 98),
        ("de", "dreihundertzwölf", 312),
        ("es", "noventa y nueve", 99),
        ("es", "doscientos cinco", 205),
        ("ru", "шестьдесят восемь", 68),
        ("ru", "сто двенадцать", 112),
        ("te", "ఇరవై ఐదు", 25),
        ("te", "తొంభైతొమ్మిది", 99),
        ("fr", "quatre vingt dix sept", 97),
        ("ar", "خمسة وعشرون", 25),
        ("tr", "kırk yedi", 47),
        ("hi", "पैंतीस", 35),
        ("sw", "thelathini na tano", 35),
    ],
)
def test_number_words(language: str, word: str, value: int) -> None:
    assert cardinals(language)[word] == value


@pytest.mark.parametrize("language", ["en", "de", "es", "ru", "te", "fr", "tr", "hi"])
def test_every_number_to_a_hundred_has_a_word(language: str) -> None:
    assert set(range(101)) <= set(cardinals(language).values())


@pytest.mark.parametrize("language", ["ar", "sw"])
def test_every_number_to_twenty_has_a_word(language: str) -> None:
    assert set(range(21)) <= set(cardinals(language).values())


@pytest.mark.parametrize(
    ("language", "word", "value"),
    [
        ("en", "twenty first", 21),
        ("de", "zweiunddreißigsten", 32),
        ("ru", "двадцать первого", 21),
        ("te", "పదకొండవ", 11),
        ("es", "tercera", 3),
        ("es", "vigesimoquinto", 25),
        ("fr", "trente deuxième", 32),
        ("ru", "двухсотый", 200),
        ("ru", "сто пятого", 105),
        ("en", "three hundredth", 300),
        ("de", "zweihundertste", 200),
        ("fr", "deux centième", 200),
        ("te", "వెయ్యో", 1000),
        ("ar", "الحادي والعشرين", 21),
        ("tr", "yirmi birinci", 21),
        ("hi", "सैंतालीसवां", 47),
    ],
)
def test_ordinals(language: str, word: str, value: int) -> None:
    assert ordinals(language)[word] == value


@pytest.mark.parametrize(
    ("said", "value"),
    [("十", 10), ("十二", 12), ("二十", 20), ("一百零三", 103), ("两百", 200), ("一二三", 123), ("三千零五", 3005)],
)
def test_han_numerals(said: str, value: int) -> None:
    assert han(said) == value


def test_han_refuses_other_characters() -> None:
    with pytest.raises(UserError):
        han("十x")


@pytest.mark.parametrize(
    ("language", "said", "value"),
    [
        ("en", "two thousand three hundred and five", 2305),
        ("de", "zweitausenddreihundert", 2300),
        ("es", "mil doscientos", 1200),
        ("ru", "две тысячи", 2000),
        ("te", "రెండు వేల", 2000),
        ("fr", "deux mille", 2000),
        ("en", "thousands", None),
        ("te", "వెయ్యి ఐదు", 1005),
        ("te", "పదిహేను వందల ఇరవై", 1520),
        ("en", "twelve hundred and five", 1205),
        ("de", "zwölfhundert", 1200),
    ],
)
def test_thousands(language: str, said: str, value: int | None) -> None:
    assert cardinal(said, language) == value


@pytest.mark.parametrize(
    ("language", "said", "value"),
    [("ru", "тысяча сто пятый", 1105), ("en", "two thousand third", 2003), ("ru", "тысяча", None)],
)
def test_ordinals_above_a_thousand(language: str, said: str, value: int | None) -> None:
    assert ordinal(said, language) == value
