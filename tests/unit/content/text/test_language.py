from __future__ import annotations

import subprocess
import sys

import pytest

from digest.content.text.language import detect, direction


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("The council agreed on a budget after a long debate on Tuesday.", "", "en"),
        ("Der Rat hat sich am Dienstag nach langer Debatte auf einen Haushalt geeinigt.", "", "de"),
        ("Le conseil a adopté mardi le budget après un long débat.", "", "fr"),
        ("Совет во вторник принял бюджет после долгих споров.", "", "ru"),
        ("وافق المجلس على الميزانية يوم الثلاثاء بعد نقاش طويل.", "", "ar"),
        ("המועצה אישרה את התקציב ביום שלישי לאחר דיון ארוך.", "", "he"),
        ("議会は火曜日、長い議論の末に予算を可決した。", "", "ja"),
        ("市议会周二经过长时间辩论后通过了预算。", "", "zh"),
        ("시의회는 화요일 오랜 토론 끝에 예산을 승인했다.", "", "ko"),
        ("สภาอนุมัติงบประมาณเมื่อวันอังคาร", "", "th"),
        ("The council agreed on a budget.", "en_US", "en-us"),
        ("Der Rat hat sich auf einen Haushalt geeinigt.", "en", "en"),
        ("وافق المجلس على الميزانية يوم الثلاثاء بعد نقاش طويل.", "en-US", "ar"),
        ("Vlada je usvojila budžet posle duge rasprave u utorak.", "sr-Latn", "sr-latn"),
        ("Влада је усвојила буџет после дуге расправе у уторак.", "sr", "sr"),
        ("Hm.", "", ""),
        ("12:30", "", ""),
        ("", "pt-BR", "pt-br"),
        ("The council agreed on a budget after a long debate.", "not a language", "en"),
        ("", "iw", "he"),
    ],
)
def test_a_declared_language_is_believed_unless_the_script_forbids(text: str, hint: str, language: str) -> None:
    assert detect(text, hint) == language


@pytest.mark.parametrize(
    ("language", "way"),
    [
        ("ar", "rtl"), ("he-IL", "rtl"), ("fa", "rtl"), ("ur-pk", "rtl"), ("en", "ltr"), ("ja", "ltr"), ("", "ltr"),
        ("az-Arab", "rtl"), ("ar-Latn", "ltr"), ("iw", "rtl"), ("pa-arab", "rtl"), ("pa", "ltr"),
    ],
)  # fmt: skip
def test_direction_follows_language_and_script(language: str, way: str) -> None:
    assert direction(language) == way


def test_the_model_is_not_loaded_where_it_is_not_needed() -> None:
    code = (
        "import sys, digest.content.text.language as l; l.detect('A budget was agreed.', 'en');"
        "print('py3langid' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
