"""The offices of Kota Medan as of 2026, with the units inside them.

Names of districts and offices are public facts; which units an office has is simplified, and no numbers are official.
"""

from dataclasses import dataclass, field

from accounts.agencies.models import Agency

ROOT_CODE = "MDN"


@dataclass(frozen=True)
class Office:
    """An OPD: how many invented people serve in it, and in which units."""

    code: str
    name: str
    short: str
    people: int
    units: tuple[str, ...] = ()
    # How eager its people learn, 0–1: heads see different offices, as in life.
    zeal: float = 0.5


GENERIC = ("Sekretariat", "Bidang Perencanaan dan Program", "Bidang Pelayanan", "Bidang Pengendalian dan Evaluasi")
KECAMATAN_UNITS = (
    "Sekretariat",
    "Seksi Tata Pemerintahan",
    "Seksi Pelayanan Umum",
    "Seksi Ketenteraman dan Ketertiban",
)

KECAMATAN = (
    "Medan Amplas", "Medan Area", "Medan Barat", "Medan Baru", "Medan Belawan", "Medan Deli", "Medan Denai", "Medan Helvetia", "Medan Johor",
    "Medan Kota", "Medan Labuhan", "Medan Maimun", "Medan Marelan", "Medan Perjuangan", "Medan Petisah", "Medan Polonia", "Medan Selayang",
    "Medan Sunggal", "Medan Tembung", "Medan Timur", "Medan Tuntungan",
)  # fmt: skip

OFFICES = (
    Office("SETDA", "Sekretariat Daerah", "Setda", 120, (
        "Bagian Tata Pemerintahan", "Bagian Kesejahteraan Rakyat", "Bagian Hukum", "Bagian Perekonomian dan SDA", "Bagian Administrasi Pembangunan",
        "Bagian Pengadaan Barang/Jasa", "Bagian Organisasi", "Bagian Umum", "Bagian Protokol dan Komunikasi Pimpinan"), 0.55),
    Office("SETWAN", "Sekretariat DPRD", "Setwan", 36, ("Bagian Umum", "Bagian Persidangan", "Bagian Keuangan"), 0.35),
    Office("ITKO", "Inspektorat", "Inspektorat", 44, ("Sekretariat", "Inspektur Pembantu I", "Inspektur Pembantu II", "Inspektur Pembantu III"), 0.7),
    Office("DISDIK", "Dinas Pendidikan dan Kebudayaan", "Disdikbud", 560, (
        "Sekretariat", "Bidang Pembinaan SD", "Bidang Pembinaan SMP", "Bidang PAUD dan Pendidikan Nonformal", "Bidang Kebudayaan"), 0.5),
    Office("DINKES", "Dinas Kesehatan", "Dinkes", 380, (
        "Sekretariat", "Bidang Kesehatan Masyarakat", "Bidang Pencegahan dan Pengendalian Penyakit", "Bidang Pelayanan Kesehatan",
        "Bidang Sumber Daya Kesehatan"), 0.6),
    Office("DINSOS", "Dinas Sosial", "Dinsos", 40, GENERIC, 0.45),
    Office("SDABMBK", "Dinas Sumber Daya Air, Bina Marga dan Bina Konstruksi", "SDABMBK", 70, (
        "Sekretariat", "Bidang Sumber Daya Air", "Bidang Bina Marga", "Bidang Bina Konstruksi"), 0.3),
    Office("DKPPP", "Dinas Ketahanan Pangan, Pertanian dan Perikanan", "DKP3", 44, GENERIC, 0.45),
    Office("DISKOP", "Dinas Koperasi, UKM, Perindustrian dan Perdagangan", "Diskop UKM Perindag", 52, GENERIC, 0.5),
    Office("DISHUB", "Dinas Perhubungan", "Dishub", 60, GENERIC, 0.35),
    Office("DISPUSIP", "Dinas Perpustakaan dan Kearsipan", "Dispusip", 34, GENERIC, 0.65),
    Office("DAMKAR", "Dinas Pemadam Kebakaran dan Penyelamatan", "Damkar", 64, GENERIC, 0.4),
    Office("DISDUKCAPIL", "Dinas Kependudukan dan Pencatatan Sipil", "Disdukcapil", 66, (
        "Sekretariat", "Bidang Pelayanan Pendaftaran Penduduk", "Bidang Pelayanan Pencatatan Sipil", "Bidang Pengelolaan Informasi"), 0.7),
    Office("DISKOMINFO", "Dinas Komunikasi dan Informatika", "Diskominfo", 148, (
        "Sekretariat", "Bidang Informasi dan Komunikasi Publik", "Bidang Aplikasi Informatika", "Bidang Infrastruktur TIK",
        "Bidang Statistik dan Persandian"), 0.75),
    Office("DPKPCKTR", "Dinas Perumahan, Kawasan Permukiman, Cipta Karya dan Tata Ruang", "DPKPCKTR", 58, GENERIC, 0.4),
    Office("DLH", "Dinas Lingkungan Hidup", "DLH", 60, GENERIC, 0.45),
    Office("DISNAKER", "Dinas Ketenagakerjaan", "Disnaker", 40, GENERIC, 0.5),
    Office("DISPAR", "Dinas Pariwisata", "Dispar", 34, GENERIC, 0.55),
    Office("DISPORA", "Dinas Kepemudaan dan Olahraga", "Dispora", 30, GENERIC, 0.4),
    Office("DPMPTSP", "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", "DPMPTSP", 46, GENERIC, 0.8),
    Office("DP3APMP2KB", "Dinas P3APM dan P2KB", "DP3APM-P2KB", 42, GENERIC, 0.6),
    Office("SATPOLPP", "Satuan Polisi Pamong Praja", "Satpol PP", 70, GENERIC, 0.3),
    Office("BKAD", "Badan Keuangan dan Aset Daerah", "BKAD", 60, ("Sekretariat", "Bidang Anggaran", "Bidang Perbendaharaan", "Bidang Akuntansi", "Bidang Aset"), 0.55),
    Office("BKPSDM", "Badan Kepegawaian dan Pengembangan SDM", "BKPSDM", 62, (
        "Sekretariat", "Bidang Pengadaan dan Mutasi", "Bidang Pengembangan Kompetensi", "Bidang Kinerja dan Penghargaan"), 0.9),
    Office("BAPPEDA", "Badan Perencanaan Pembangunan Daerah", "Bappeda", 50, GENERIC, 0.7),
    Office("BAPENDA", "Badan Pendapatan Daerah", "Bapenda", 64, GENERIC, 0.5),
    Office("BRIDA", "Badan Riset dan Inovasi Daerah", "Brida", 26, GENERIC, 0.8),
    Office("KESBANGPOL", "Badan Kesatuan Bangsa dan Politik", "Kesbangpol", 28, GENERIC, 0.45),
    Office("BPBD", "Badan Penanggulangan Bencana Daerah", "BPBD", 36, GENERIC, 0.5),
    Office("RSUDP", "RSUD Dr. Pirngadi", "RSUD Dr. Pirngadi", 150, ("Bagian Umum", "Bidang Pelayanan Medis", "Bidang Keperawatan", "Bidang Penunjang"), 0.55),
    Office("RSUDB", "RSUD H. Bachtiar Djafar", "RSUD H. Bachtiar Djafar", 80, ("Bagian Umum", "Bidang Pelayanan Medis", "Bidang Keperawatan"), 0.5),
)  # fmt: skip


@dataclass
class City:
    """The written tree: the root, each office by its code, and the units of each."""

    root: Agency
    offices: dict[str, Agency] = field(default_factory=dict)
    units: dict[str, list[Agency]] = field(default_factory=dict)
    plans: dict[str, Office] = field(default_factory=dict)


def all_offices() -> list[Office]:
    """The 31 departments, agencies and hospitals, and the 21 districts."""
    districts = [
        Office(
            f"KEC{number:02d}",
            f"Kecamatan {name}",
            f"Kec. {name}",
            16 + number % 3,
            KECAMATAN_UNITS,
            0.35 + (number * 7 % 10) / 20,
        )
        for number, name in enumerate(KECAMATAN, 1)
    ]
    return [*OFFICES, *districts]


def write_tree() -> City:
    """Write the agencies, parents before children."""
    kind = Agency.Kind
    root = Agency.objects.add_root(
        {
            "code": ROOT_CODE,
            "name": "Pemerintah Kota Medan",
            "short_name": "Kota Medan",
            "kind": kind.INSTANSI,
            "is_demo": True,
        }
    )
    city = City(root)
    for office in all_offices():
        opd = Agency.objects.add_child(
            root,
            {
                "code": f"{ROOT_CODE}-{office.code}",
                "name": office.name,
                "short_name": office.short,
                "kind": kind.OPD,
                "is_demo": True,
            },
        )
        city.offices[office.code] = opd
        city.plans[office.code] = office
        city.units[office.code] = [
            Agency.objects.add_child(
                opd,
                {
                    "code": f"{opd.code}-{position:02d}",
                    "name": unit,
                    "short_name": "",
                    "kind": kind.UNIT,
                    "is_demo": True,
                },
            )
            for position, unit in enumerate(office.units, 1)
        ]
    return city
