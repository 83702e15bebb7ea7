"""The first privacy notice. A later version is a new row, made by an administrator."""

from datetime import UTC, datetime

from django.db import migrations

INDONESIAN = """\
## Siapa kami

ASN LMS dijalankan oleh BKPSDM untuk pelatihan aparatur sipil negara. Pertanyaan tentang data Anda dijawab oleh helpdesk di bagian bawah setiap halaman.

## Data apa yang kami simpan, dan untuk apa

| Data | Untuk apa |
|---|---|
| Nama, gelar, NIP atau NI PPPK, tempat dan tanggal lahir, pangkat, jabatan, unit kerja | mengenali Anda dan mencetak sertifikat |
| Email dinas dan telepon | mengirim pengingat dan tautan masuk |
| Kursus, jawaban, nilai, JP, dan sertifikat | mencatat pengembangan kompetensi Anda |
| Kapan Anda masuk, dan perubahan data oleh petugas | menjaga keamanan akun |

Kami **tidak** menyimpan NIK, agama, status perkawinan, gaji, atau data keluarga.

## Dasar hukumnya

Pengembangan kompetensi adalah kewajiban menurut UU 20/2023 tentang ASN. Karena itu data di atas diproses sebagai tugas layanan publik menurut
UU 27/2022 tentang Pelindungan Data Pribadi, bukan atas dasar persetujuan.

## Siapa yang melihatnya

- Anda sendiri, di halaman **Data saya**.
- Petugas pelatihan untuk unit yang menjadi tugasnya.
- Pimpinan unit Anda: kursus, JP, dan sertifikat, bukan jawaban Anda.
- Siapa pun yang memindai kode QR sertifikat Anda melihat isi sertifikat itu tanpa tempat dan tanggal lahir, dengan NIP yang disamarkan.

Data disimpan di Indonesia dan tidak dijual atau dibagikan untuk iklan.

## Berapa lama

Sertifikat dan riwayat JP adalah arsip negara dan disimpan sesuai jadwal retensi arsip. Data lain dihapus bila tujuannya sudah selesai.

## Hak Anda

Anda dapat melihat dan mengunduh data Anda, meminta perbaikan, dan bertanya kepada siapa data itu pernah diperlihatkan. Mulailah dari halaman **Data saya** atau hubungi helpdesk.
"""

ENGLISH = """\
## Who we are

BKPSDM runs ASN LMS for the training of civil servants. The helpdesk at the foot of every page answers questions about your data.

## What we keep, and what for

| Data | What for |
|---|---|
| Name, titles, NIP or NI PPPK, place and date of birth, rank, post, unit | to know you and to print certificates |
| Office e-mail and telephone | to send reminders and sign-in links |
| Courses, answers, marks, JP and certificates | to record the development of your competency |
| When you signed in, and changes made by officers | to keep accounts safe |

We do **not** keep NIK, religion, marital status, salary or family data.

## The legal basis

Developing one's competency is a duty under UU 20/2023 on civil servants. The data above are therefore processed as a public task under
UU 27/2022 on personal data protection, not on the basis of consent.

## Who sees it

- You, on the page **My data**.
- Training officers, for the units that they look after.
- The head of your unit: courses, JP and certificates, not your answers.
- Whoever scans the QR code of your certificate sees what is printed on it without place and date of birth, with your NIP masked.

Data are kept in Indonesia and are not sold or shared for advertising.

## How long

Certificates and the history of JP are state archives and kept by the retention schedule. Other data are erased when their purpose is met.

## Your rights

You can see and download your data, ask for corrections, and ask to whom they were shown. Start at **My data**, or ask the helpdesk.
"""


def seed(apps, schema_editor):
    notice = apps.get_model("accounts", "PrivacyNotice")
    notice.objects.get_or_create(
        version=1, defaults={"text_id": INDONESIAN, "text_en": ENGLISH, "valid_from": datetime(2026, 1, 1, tzinfo=UTC)}
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_clock_beat")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
