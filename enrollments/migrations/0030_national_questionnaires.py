"""Reference rows: what people are asked where no organiser has questions of its own, in Indonesian and English.

Sources: domain reference §2.6 (levels after Kirkpatrick; behaviour and impact as in LAN's Evaluasi Pascapelatihan Nasional).
"""

from datetime import UTC, datetime

from django.db import migrations

AGREE = ("sangat tidak setuju", "strongly disagree", "sangat setuju", "strongly agree")
OFTEN = ("tidak pernah", "never", "hampir setiap hari", "nearly every day")
HINDRANCES = (
    ["Tidak ada hambatan", "Waktu atau beban kerja", "Sarana atau anggaran", "Dukungan atasan atau rekan", "Aturan atau prosedur", "Materi kurang sesuai dengan tugas"],
    ["Nothing", "Time or workload", "Equipment or budget", "Support by superior or colleagues", "Rules or procedures", "The content does not fit the work"],
)  # fmt: skip

SCALES = {
    "course": [
        ("Materinya sesuai dengan kebutuhan tugas saya.", "The content fits what my work needs.", AGREE),
        ("Materinya mudah dipahami.", "The content is easy to understand.", AGREE),
        ("Latihan dan tugasnya membantu saya belajar.", "Exercises and tasks helped me to learn.", AGREE),
        ("Waktu yang tersedia cukup.", "There was enough time.", AGREE),
        ("Penyelenggara melayani dengan baik.", "The organiser served us well.", AGREE),
    ],
    "trainer": [
        ("Menguasai materi.", "Knows the subject.", AGREE),
        ("Menjelaskan dengan jelas dan runtut.", "Explains clearly and in order.", AGREE),
        ("Memberi contoh yang dekat dengan tugas kami.", "Gives examples close to our work.", AGREE),
        ("Menjawab pertanyaan dan memberi umpan balik.", "Answers questions and gives feedback.", AGREE),
    ],
    "alumnus": [
        ("Seberapa sering Anda menerapkan isi pelatihan ini dalam pekerjaan?", "How often do you use what you learned at work?", OFTEN),
        ("Cara kerja saya berubah karena pelatihan ini.", "The way I work has changed because of this training.", AGREE),
        ("Hasil kerja saya menjadi lebih baik.", "The results of my work have become better.", AGREE),
        ("Unit kerja saya merasakan manfaatnya.", "My unit benefits from it.", AGREE),
        ("Saya mendapat kesempatan untuk menerapkannya.", "I am given the chance to use it.", AGREE),
    ],
    "superior": [
        ("Seberapa sering ia menerapkan isi pelatihan ini dalam pekerjaan?", "How often does this person use what was learned at work?", OFTEN),
        ("Cara kerjanya berubah setelah pelatihan ini.", "The way this person works has changed after this training.", AGREE),
        ("Hasil kerjanya menjadi lebih baik.", "The results of this person's work have become better.", AGREE),
        ("Unit kerja merasakan manfaatnya.", "The unit benefits from it.", AGREE),
    ],
}  # fmt: skip
WORDS = {
    "course": ("Apa yang sebaiknya diperbaiki?", "What should become better?"),
    "trainer": ("Apa yang sebaiknya dipertahankan atau diperbaiki?", "What should be kept, or become better?"),
    "alumnus": ("Ceritakan satu perubahan nyata, atau apa yang masih Anda perlukan.", "Tell of one real change, or of what you still need."),
    "superior": ("Ceritakan satu perubahan nyata, atau apa yang masih diperlukan.", "Tell of one real change, or of what is still needed."),
}  # fmt: skip
HINDERS = ("Apa yang paling menghambat penerapannya?", "What stands most in the way of using it?")


def seed(apps, schema_editor):
    questionnaires = apps.get_model("enrollments", "Questionnaire")
    versions = apps.get_model("enrollments", "QuestionnaireVersion")
    questions = apps.get_model("enrollments", "Question")
    for kind, scales in SCALES.items():
        row, made = questionnaires.objects.get_or_create(organiser=None, kind=kind)
        if not made:
            continue
        version = versions.objects.create(questionnaire=row, number=1, state="draft")
        rows = [
            questions(version=version, sort="scale", text=text, text_en=english, low=low, low_en=low_en, high=high, high_en=high_en)
            for text, english, (low, low_en, high, high_en) in scales
        ]  # fmt: skip
        if kind in {"alumnus", "superior"}:
            options, english = HINDRANCES
            rows.append(
                questions(version=version, sort="choice", text=HINDERS[0], text_en=HINDERS[1], options=options, options_en=english)
            )  # fmt: skip
        rows.append(
            questions(version=version, sort="text", text=WORDS[kind][0], text_en=WORDS[kind][1], is_required=False)
        )
        for position, one in enumerate(rows):
            one.position = position
        questions.objects.bulk_create(rows)
        version.state, version.published_at = "published", datetime(2026, 11, 30, tzinfo=UTC)
        version.save()


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0029_surveys")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
