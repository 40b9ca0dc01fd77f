"""Folders of the spool on a real file system: what is written is read, by this life or the next, and by one at a time."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shard_worker.records import HEADER_BYTES, MARK
from shard_worker.spool import SUFFIX, Chunk, Spool, UnknownFormat

SEGMENT_BYTES = 4000


def rows(number: int) -> bytes:
    return b"%07d" % number * 100


def filled(root: Path, *numbers: int, life: str = "life") -> Spool:
    spool = Spool.create(root, life, SEGMENT_BYTES)
    for number in numbers:
        spool.write(number, 1000 + number, 2, rows(number))
    return spool


def everything(spool: Spool, count_max: int = 400, bytes_max: int = 10**6) -> list[Chunk]:
    chunks = []
    while (chunk := spool.read(count_max, bytes_max)).count or chunk.damaged or chunk.passed:
        chunks.append(chunk)
    return chunks


def bodies(chunks: list[Chunk]) -> list[bytes]:
    return [body for chunk in chunks for body in chunk.rows]


def adopted(root: Path, life: str = "life") -> Spool:
    spool = Spool.adopt(root / life)
    assert spool is not None
    return spool


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """The kernel refuses what would make a file larger: a write stops in the middle, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class TestWritingAndReading:
    def test_it_is_read_in_order_over_all_segments(self, tmp_path: Path) -> None:
        spool = filled(tmp_path, *range(1, 30))
        assert len(list(spool.folder.glob(f"*{SUFFIX}"))) > 3
        assert bodies(everything(spool)) == [rows(number) for number in range(1, 30)]

    def test_what_is_written_after_reading_is_read_next(self, tmp_path: Path) -> None:
        spool = filled(tmp_path, 1)
        assert bodies(everything(spool)) == [rows(1)]
        spool.write(2, 0, 2, rows(2))
        assert bodies(everything(spool)) == [rows(2)]

    def test_a_chunk_is_bounded_but_never_empty(self, tmp_path: Path) -> None:
        chunks = everything(filled(tmp_path, *range(1, 10)), count_max=4)
        assert [(chunk.number, chunk.count) for chunk in chunks] == [(2, 4), (4, 4), (6, 4), (8, 4), (9, 2)]
        assert chunks[0].received == [(1001, 2), (1002, 2)]
        one_by_one = everything(filled(tmp_path, *range(1, 10), life="other"), bytes_max=1)
        assert [chunk.number for chunk in one_by_one] == list(range(1, 10))

    def test_segments_go_when_all_their_records_are_acknowledged(self, tmp_path: Path) -> None:
        spool = filled(tmp_path, *range(1, 30))
        before, files = spool.size, sorted(spool.folder.glob(f"*{SUFFIX}"))
        second = int(files[1].name.removesuffix(SUFFIX))
        assert not spool.has_freed(second - 2)
        assert spool.has_freed(second - 1)
        assert spool.free(second - 1) + spool.size == before
        assert sorted(spool.folder.glob(f"*{SUFFIX}")) == files[1:]
        spool.free(29)
        assert (spool.size, list(spool.folder.glob(f"*{SUFFIX}"))) == (0, [])

    def test_what_it_says_it_takes_is_what_it_takes(self, tmp_path: Path) -> None:
        spool = Spool.create(tmp_path, "life", SEGMENT_BYTES)
        taken = sum(spool.write(number, 0, 2, rows(number)) for number in range(1, 30))
        assert taken == spool.size == sum(path.stat().st_size for path in spool.folder.glob(f"*{SUFFIX}"))
        assert spool.free(29) == taken

    def test_it_goes_on_after_it_was_emptied(self, tmp_path: Path) -> None:
        spool = filled(tmp_path, 1, 2)
        everything(spool)
        spool.free(2)
        spool.write(3, 0, 2, rows(3))
        assert bodies(everything(spool)) == [rows(3)]

    def test_numbers_of_before_are_a_segment_of_their_own_and_read_first_by_the_next_life(self, tmp_path: Path) -> None:
        spool = filled(tmp_path, 100, 101)
        for number in (7, 8, 102, 103):
            spool.write(number, 0, 2, rows(number))
        spool.close()
        assert bodies(everything(adopted(tmp_path))) == [rows(number) for number in (7, 8, 100, 101, 102, 103)]

    def test_a_segment_that_somebody_deleted_is_counted(self, tmp_path: Path) -> None:
        spool = filled(tmp_path, *range(1, 20))
        files = sorted(spool.folder.glob(f"*{SUFFIX}"))
        first_of = [int(path.name.removesuffix(SUFFIX)) for path in files]
        files[1].unlink()
        chunks = everything(spool)
        assert sum(chunk.damaged for chunk in chunks) == 2 * (first_of[2] - first_of[1])
        assert bodies(chunks) == [rows(n) for n in range(1, 20) if not first_of[1] <= n < first_of[2]]

    def test_one_that_can_t_be_read_can_be_given_up(self, tmp_path: Path) -> None:
        spool = filled(tmp_path, *range(1, 20))
        first, second = [int(p.name.removesuffix(SUFFIX)) for p in sorted(spool.folder.glob(f"*{SUFFIX}"))][:2]
        assert spool.read(2, 10**6).number == first
        assert spool.give_up_segment() == 2 * (second - first - 1)
        assert bodies(everything(spool)) == [rows(n) for n in range(second, 20)]

    def test_one_that_can_t_be_opened_is_given_up_for_good(self, tmp_path: Path) -> None:
        """And what was read before the error is not lost for it."""
        spool = filled(tmp_path, *range(1, 20))
        paths = sorted(spool.folder.glob(f"*{SUFFIX}"))
        second, third = [int(path.name.removesuffix(SUFFIX)) for path in paths[1:3]]
        paths[1].unlink()
        paths[1].symlink_to(paths[1])  # a loop: it is there, and the kernel refuses to open it
        assert bodies([spool.read(10**6, 10**6)]) == [rows(number) for number in range(1, second)]
        for _ in range(2):
            with pytest.raises(OSError, match="levels of symbolic links"):
                spool.read(10**6, 10**6)
        assert spool.give_up_segment() == 2 * (third - second)
        assert bodies(everything(spool)) == [rows(number) for number in range(third, 20)]
        assert spool.free(19) > 19 * len(rows(1)), "it gives back what all of them took"
        assert spool.size == 0

    def test_records_before_one_that_can_t_be_read_are_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spool, pread, calls = filled(tmp_path, 1, 2, 3), os.pread, 0

        def third_fails(file: int, length: int, offset: int) -> bytes:
            nonlocal calls
            calls += 1
            if calls == 4:
                raise OSError(errno.EIO, "Input/output error")
            return pread(file, length, offset)

        monkeypatch.setattr(os, "pread", third_fails)
        assert bodies([spool.read(100, 10**6)]) == [rows(1)]
        assert bodies([spool.read(100, 10**6)]) == [rows(2), rows(3)]


class TestTheNextLife:
    def test_it_finds_what_was_left(self, tmp_path: Path) -> None:
        filled(tmp_path, *range(1, 30)).close()
        spool = adopted(tmp_path)
        assert (spool.events, spool.last, spool.torn, spool.life) == (58, 29, 0, "life")
        assert bodies(everything(spool)) == [rows(number) for number in range(1, 30)]
        assert spool.free(29) > 0
        spool.close()
        assert list(tmp_path.iterdir()) == []

    def test_it_passes_over_what_redis_has(self, tmp_path: Path) -> None:
        filled(tmp_path, *range(1, 30)).close()
        spool = adopted(tmp_path)
        spool.position = 20
        chunks = everything(spool)
        assert bodies(chunks) == [rows(number) for number in range(21, 30)]
        assert sum(chunk.passed for chunk in chunks) == 40

    def test_a_folder_that_is_held_is_left_alone(self, tmp_path: Path) -> None:
        spool = filled(tmp_path, 1)
        assert Spool.adopt(spool.folder) is None
        spool.close()
        assert Spool.adopt(spool.folder) is not None

    def test_one_whose_holder_was_killed_is_free(self, tmp_path: Path) -> None:
        program = (
            "import sys; from pathlib import Path; from shard_worker.spool import Spool\n"
            "spool = Spool.create(Path(sys.argv[1]), 'life'); spool.write(1, 0, 2, b'rows'); print('written', flush=True)\n"
            "sys.stdin.read()"
        )
        command = [sys.executable, "-c", program, str(tmp_path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"written\n"
            assert Spool.adopt(tmp_path / "life") is None
            holder.send_signal(signal.SIGKILL)
        assert bodies(everything(adopted(tmp_path))) == [b"rows"]

    @pytest.mark.parametrize("left", [1, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + 50])
    def test_a_record_that_was_not_finished_is_cut_off_and_counted(self, tmp_path: Path, left: int) -> None:
        spool = filled(tmp_path, 1, 2, 3)
        [path] = spool.folder.glob(f"*{SUFFIX}")
        spool.close()
        os.truncate(path, len(MARK) + 2 * (HEADER_BYTES + len(rows(1))) + left)
        spool = adopted(tmp_path)
        assert bodies(everything(spool)) == [rows(1), rows(2)]
        assert spool.torn == (2 if left >= HEADER_BYTES else 1)

    def test_one_that_was_not_even_begun_is_nothing(self, tmp_path: Path) -> None:
        spool = filled(tmp_path, 1)
        (spool.folder / f"{2:020d}{SUFFIX}").write_bytes(MARK[:5])
        spool.close()
        spool = adopted(tmp_path)
        assert (bodies(everything(spool)), spool.torn, spool.last) == ([rows(1)], 0, 1)

    def test_rows_that_the_disk_changed_are_passed_over_and_counted(self, tmp_path: Path) -> None:
        spool = filled(tmp_path, 1, 2, 3)
        [path] = spool.folder.glob(f"*{SUFFIX}")
        spool.close()
        data = bytearray(path.read_bytes())
        data[len(MARK) + HEADER_BYTES + len(rows(1)) + HEADER_BYTES + 10] ^= 1
        path.write_bytes(data)
        chunks = everything(adopted(tmp_path))
        assert bodies(chunks) == [rows(1), rows(3)]
        assert sum(chunk.damaged for chunk in chunks) == 2

    def test_a_format_that_is_not_known_is_left_as_it_is(self, tmp_path: Path) -> None:
        spool = filled(tmp_path, 1)
        [path] = spool.folder.glob(f"*{SUFFIX}")
        spool.close()
        path.write_bytes(b"fleet spool 2\n and more")
        with pytest.raises(UnknownFormat):
            Spool.adopt(spool.folder)
        assert path.exists()
        assert Spool.create(tmp_path, "life") is not None, "its lock was let go"


class TestADiskThatRefuses:
    def test_half_a_record_is_taken_back(self, tmp_path: Path) -> None:
        spool = filled(tmp_path, 1)
        with files_at_most(spool.size + 100), pytest.raises(OSError, match="File too large"):
            spool.write(2, 0, 2, rows(2))
        spool.write(2, 0, 2, rows(2))
        spool.write(3, 0, 2, rows(3))
        assert bodies(everything(spool)) == [rows(1), rows(2), rows(3)]
        spool.close()
        spool = adopted(tmp_path)
        assert (bodies(everything(spool)), spool.torn) == ([rows(1), rows(2), rows(3)], 0)

    def test_half_a_segment_too(self, tmp_path: Path) -> None:
        spool = filled(tmp_path)
        with files_at_most(5), pytest.raises(OSError, match="File too large"):
            spool.write(1, 0, 2, rows(1))
        with files_at_most(100), pytest.raises(OSError, match="File too large"):
            spool.write(1, 0, 2, rows(1))
        assert (spool.size, spool.events) == (0, 0)
        spool.write(1, 0, 2, rows(1))
        assert bodies(everything(spool)) == [rows(1)]

    def test_no_space_left(self, tmp_path: Path) -> None:
        spool = filled(tmp_path)
        (spool.folder / f"{1:020d}{SUFFIX}").symlink_to("/dev/full")
        with pytest.raises(OSError, match="No space left"):
            spool.write(1, 0, 2, rows(1))
        spool.write(1, 0, 2, rows(1))
        assert bodies(everything(spool)) == [rows(1)]

    def test_nothing_is_written_to_a_file_that_somebody_has_deleted(self, tmp_path: Path) -> None:
        spool = filled(tmp_path, 1)
        [path] = spool.folder.glob(f"*{SUFFIX}")
        path.unlink()
        spool.write(2, 0, 2, rows(2))
        chunks = everything(spool)
        assert (bodies(chunks), sum(chunk.damaged for chunk in chunks)) == ([rows(2)], 2)

    def test_a_folder_that_somebody_has_taken_away_is_made_and_held_anew(self, tmp_path: Path) -> None:
        spool = filled(tmp_path / "volume", 1)
        shutil.rmtree(tmp_path / "volume")
        spool.write(2, 0, 2, rows(2))
        assert Spool.adopt(spool.folder) is None
        chunks = everything(spool)
        assert (bodies(chunks), sum(chunk.damaged for chunk in chunks)) == ([rows(2)], 2)
        spool.free(2)
        spool.close()
        assert list((tmp_path / "volume").iterdir()) == []

    def test_what_it_could_delete_is_given_back_though_it_could_not_delete_all(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spool, unlink, allowed = filled(tmp_path, *range(1, 20)), Path.unlink, 2
        size = spool.size

        def refused_after_some(path: Path, *, missing_ok: bool = False) -> None:
            nonlocal allowed
            allowed -= 1
            if allowed < 0:
                raise OSError(errno.EROFS, "Read-only file system")
            unlink(path, missing_ok=missing_ok)

        monkeypatch.setattr(Path, "unlink", refused_after_some)
        freed = spool.free(19)
        assert 0 < freed == size - spool.size
        with pytest.raises(OSError, match="Read-only"):
            spool.free(19)
        monkeypatch.undo()
        assert freed + spool.free(19) == size
