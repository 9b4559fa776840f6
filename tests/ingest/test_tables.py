"""Files behind a path, encodings, headers, and what is refused politely."""

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from ingest import formats, tables
from ingest.tables import FileProblem, Member

HEADER = "측정소코드,측정소명,측정일시,SO2,CO,O3,NO2,PM10,PM25\n"
ROW = "111123,종로구,2016010101,0.006,0.8,0.002,0.055,60,44\n"


def one(path: Path) -> Member:
    (member,) = tables.members(path)
    return member


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def refusal(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(FileProblem) as problem:
        list(formats.find(one(path)).batches())
    text = str(problem.value)
    assert "\n" not in text
    assert text.startswith(f"{path}: ")
    return text


def test_a_folder_is_walked_in_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", ".hidden", "sub/c.csv", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [m.name for m in tables.members(tmp_path)] == [
        str(tmp_path / n) for n in ("a.csv", "b.csv", "sub/c.csv")
    ]


def test_linked_folders_are_followed_once_and_never_in_a_circle(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "b").mkdir(parents=True)
    (there / "in").mkdir(parents=True)
    (here / "b" / "own.csv").write_text("x")
    (there / "in" / "linked.csv").write_text("x")
    (here / "a").symlink_to(there)
    (here / "c").symlink_to(there / "in")  # is not gone through again as a/in
    (there / "back").symlink_to(here)
    (here / "out").symlink_to(tmp_path)  # a folder around the path
    assert [m.name for m in tables.members(here)] == [
        str(here / "b" / "own.csv"),
        str(here / "c" / "linked.csv"),
    ]


def test_members_of_a_zip_have_the_name_of_both(tmp_path: Path) -> None:
    inner = zipped(**{"deep.csv": b"deep"})
    path = tmp_path / "year.zip"
    path.write_bytes(zipped(**{"a.csv": b"one", "in/b.csv.gz": gzip.compress(b"two"), "inner.zip": inner}))
    found = {member.name: member.open().read() for member in tables.members(path)}
    assert found == {
        f"{path}!a.csv": b"one",
        f"{path}!in/b.csv.gz": b"two",
        f"{path}!inner.zip!deep.csv": b"deep",
    }


def test_korean_names_in_a_zip_written_by_windows(tmp_path: Path) -> None:
    content = zipped(**{"2015xx.csv": b"x"}).replace(b"2015xx.csv", "2015년.csv".encode("cp949"))
    (tmp_path / "y.zip").write_bytes(content)
    assert one(tmp_path / "y.zip").name == f"{tmp_path}/y.zip!2015년.csv"
    assert one(tmp_path / "y.zip").open().read() == b"x"


def test_the_hash_is_that_of_the_decompressed_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"hello"))
    member = one(tmp_path / "a.csv.gz")
    assert member.sha256() == hashlib.sha256(b"hello").hexdigest()
    assert member.size == (tmp_path / "a.csv.gz").stat().st_size


def test_a_gzip_stream_that_ends_early(tmp_path: Path) -> None:
    whole = gzip.compress((HEADER + ROW * 200_000).encode())
    path = tmp_path / "half.csv.gz"
    assert "the gzip stream ends early; fetch the file again" in refusal(path, whole[: len(whole) // 2])
    with pytest.raises(FileProblem, match="ends early"):
        one(path).sha256()


def test_damaged_gzip_zip_and_missing_files(tmp_path: Path) -> None:
    assert "damaged" in refusal(tmp_path / "a.csv.gz", b"no gzip at all")
    assert "not a whole zip" in refusal(tmp_path / "a.zip", zipped(a=b"x" * 100)[:50])
    with pytest.raises(FileProblem, match="no such file"):
        one(tmp_path / "nowhere.csv")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert "empty" in refusal(tmp_path / "a.csv", b"")
    assert "empty" in refusal(tmp_path / "b.csv.gz", gzip.compress(b" \n"))


def test_binary_noise_is_refused(tmp_path: Path) -> None:
    assert "binary" in refusal(tmp_path / "a.csv", bytes(range(256)) * 50)
    assert "workbook" in refusal(tmp_path / "a.xlsx", b"PK\x03\x04 and then nothing")


def test_a_wrong_table_is_told_with_its_columns(tmp_path: Path) -> None:
    text = refusal(tmp_path / "names.csv", "이름,값\n가,1\n".encode())
    assert text.endswith("names.csv: no known table; columns seen: 이름, 값; give --mapping FILE")


def test_prose_is_no_table(tmp_path: Path) -> None:
    assert "no table in it" in refusal(tmp_path / "README.md", b"# Title\n\nSome words, and more.\n")


def test_a_table_with_known_columns_and_foreign_labels_is_refused_whole(tmp_path: Path) -> None:
    rows = "".join(f"111123,2020-01-01 {hour % 24:02}:00:00,1,2\n" for hour in range(30))
    text = refusal(tmp_path / "utc.csv", f"station_id,time,PM10,PM25\n{rows}".encode())
    assert "columns of airkorea-final" in text
    assert "--mapping" in text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings_and_line_ends_read_alike(tmp_path: Path, encoding: str, newline: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((HEADER + ROW).replace("\n", newline).encode(encoding))
    (batch,) = formats.find(one(path)).batches()
    assert [(s.code, s.name) for s in batch.stations] == [("111123", "종로구")]
    assert batch.rows == 6


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "a.csv").write_text((HEADER + ROW).replace(",", delimiter))
    (batch,) = formats.find(one(tmp_path / "a.csv")).batches()
    assert batch.rows == 6


def test_a_row_with_the_wrong_number_of_cells_is_rejected_with_its_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        HEADER + ROW + "111123,종로구,2016010102\n" + ROW.replace("0101,", "0103,")
    )
    (batch,) = formats.find(one(tmp_path / "a.csv")).batches()
    assert [(r.text, r.reason, r.readings) for r in batch.rejects] == [
        ("111123,종로구,2016010102", "the wrong number of cells, or an open quote", 6)
    ]
    assert batch.rows == 18


def test_only_misshapen_rows_are_still_counted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + "1,2\n3,4\n")
    assert sum(batch.rows for batch in formats.find(one(tmp_path / "a.csv")).batches()) == 12


def test_a_header_without_rows_is_a_table_without_readings(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER.replace("SO2", "SO2,새것"))
    (batch,) = formats.find(one(tmp_path / "a.csv")).batches()
    assert batch.rows == 0
    assert batch.notes == {"unknown column 새것": 1}


def test_a_value_that_is_no_number_is_one_reject_and_the_rest_of_its_row_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + ROW + ROW.replace("0101,", "0102,").replace(",60,", ",6o,"))
    batches = list(formats.find(one(tmp_path / "a.csv")).batches())
    rejects = [reject for batch in batches for reject in batch.rejects]
    assert [(r.reason, r.readings) for r in rejects] == [("not a number", 1)]
    assert rejects[0].text.startswith("PM10=6o; 측정소코드=111123")
    assert sum(batch.rows for batch in batches) == 12
    assert sum(batch.values[q].size for batch in batches for q in batch.values) == 11


@pytest.mark.parametrize("cell", ["inf", "1e999", "1_000", "0x10", "12 34", "<5"])
def test_what_python_would_take_for_a_number_is_not_one(tmp_path: Path, cell: str) -> None:
    (tmp_path / "a.csv").write_text(HEADER + ROW.replace(",60,", f",{cell},"))
    rejects = [r for batch in formats.find(one(tmp_path / "a.csv")).batches() for r in batch.rejects]
    assert [r.reason for r in rejects] == ["not a number"]


def test_a_label_that_cannot_be_placed_rejects_its_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + ROW + ROW.replace("2016010101", "2016013225"))
    (batch,) = formats.find(one(tmp_path / "a.csv")).batches()
    assert [(r.reason, r.readings) for r in batch.rejects] == [("the time label cannot be placed", 6)]
    assert batch.rows == 12


def test_a_row_without_station_is_rejected_and_a_blank_row_carries_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + ROW + ROW.replace("111123,종로구", ",") + ",,,,,,,,\n")
    (batch,) = formats.find(one(tmp_path / "a.csv")).batches()
    assert [r.reason for r in batch.rejects] == ["the row names no station"]
    assert batch.notes == {"blank row": 1}
    assert batch.rows == 12


def test_reject_text_is_cut(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + ROW + "x" * 2000 + "\n")
    (batch,) = formats.find(one(tmp_path / "a.csv")).batches()
    assert len(batch.rejects[0].text) == 500


def test_a_long_file_comes_in_stretches(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + ROW * 200_000)
    sizes = [len(batch.start) for batch in formats.find(one(tmp_path / "a.csv")).batches()]
    assert sum(sizes) == 200_000
    assert max(sizes) < 60_000


@pytest.mark.parametrize("between", [0, 50, 50_000])
def test_an_open_quote_costs_its_own_row_only(tmp_path: Path, between: int) -> None:
    opened = ROW.replace("종로구", '"종로구')
    (tmp_path / "a.csv").write_text(HEADER + ROW * 3 + opened + ROW * between + opened + ROW * 50)
    batches = list(formats.find(one(tmp_path / "a.csv")).batches())
    assert sum(len(batch.start) for batch in batches) == 53 + between
    assert [r.text for batch in batches for r in batch.rejects] == [opened.strip()] * 2


def test_what_was_never_text_is_counted(tmp_path: Path) -> None:
    late = ROW.encode("cp949") * 8000 + ROW.encode("cp949").replace(b"60,44", b"60,4\xff")
    (tmp_path / "a.csv").write_bytes(HEADER.encode("cp949") + late)
    batches = list(formats.find(one(tmp_path / "a.csv")).batches())
    assert sum(batch.notes["bytes that are not cp949"] for batch in batches) == 1
    assert [r.reason for batch in batches for r in batch.rejects] == ["not a number"]
