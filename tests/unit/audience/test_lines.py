"""Files as spreadsheets and people leave them are read, and whatever is not taken is named by its lines."""

from __future__ import annotations

import csv
import io

import pytest

from digest.audience.lines import records
from digest.errors import InputError

TAKEN_FOR_ONE = (
    "lines {} to {} were taken for one and left out: a quotation mark is not closed, or a field holds a line break"
)


def read(text):
    return list(records(io.StringIO(text, newline="")))


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_spreadsheet_parts_columns_by_the_sign_of_its_country(sign):
    text = f'email{sign}"name"{sign}topics\r\nana@inbox.example{sign}"Sand{sign} Ana"{sign}"world;politics"\r\n'
    assert read(text) == [(2, {"email": "ana@inbox.example", "name": f"Sand{sign} Ana", "topics": "world;politics"})]


def test_one_column_needs_no_sign():
    assert read("email\nana@inbox.example\n") == [(2, {"email": "ana@inbox.example"})]


def test_empty_columns_at_the_end_are_nothing():
    assert read("email,name,,\nana@inbox.example,Ana,,\nbo@inbox.example,Bo,,x\n") == [
        (2, {"email": "ana@inbox.example", "name": "Ana"}),
        (3, "it has 4 fields, and the first line names 2"),
    ]


@pytest.mark.parametrize("text", ["\n\nemail\n\nana@inbox.example\n", '\n\n\n\n{"email": "ana@inbox.example"}\n'])
def test_empty_lines_count_as_lines(text):
    assert read(text) == [(5, {"email": "ana@inbox.example"})]


def test_a_record_over_several_lines_is_named_by_its_first():
    read_as = {"email": "bo@inbox.example", "name": "Bo"}
    assert read('email,name\nana@inbox.example,"Ana\nSand"\nbo@inbox.example,Bo\n') == [
        (2, TAKEN_FOR_ONE.format(2, 3)),
        (4, read_as),
    ]


def test_a_note_of_another_program_may_have_line_breaks():
    text = 'uuid,email,name,attributes,status\n1,ana@inbox.example,Ana,"two\nlines",enabled\n2,,,,\n'
    (first, ana), (second, _) = read(text)
    assert (first, ana["name"], second) == (2, "Ana", 4)


def test_a_quotation_mark_that_nobody_closed_swallows_nobody_unseen():
    readers = "".join(f"r{number}@inbox.example,R,\n" for number in range(500))
    (first, why), *_ = read(f'email,name,language\nana@inbox.example,Ana,"en\n{readers}')
    assert first == 2
    assert why == TAKEN_FOR_ONE.format(2, 502)


def test_nor_where_another_program_keeps_its_notes():
    readers = "".join(f"{number},r{number}@inbox.example,R,enabled,\n" for number in range(500))
    text = f'uuid,email,name,status,attributes\n1,ana@inbox.example,Ana,enabled,"note\n{readers}'
    assert read(text) == [(2, TAKEN_FOR_ONE.format(2, 502))]


def test_a_field_without_end_is_named_by_its_lines():
    long = "x" * 600_000
    (first, why), (number, good) = read(f'email,name\nana@inbox.example,"{long}\n{long}"\nbo@inbox.example,Bo\n')
    assert first == 2
    assert why == TAKEN_FOR_ONE.format(2, 3)
    assert (number, good) == (4, {"email": "bo@inbox.example", "name": "Bo"})


@pytest.mark.parametrize(
    "start", ["\udcff\udcfee\x00m\x00", "\udcfe\udcff\x00e\x00m", "PK\x03\x04\x14\x00", "é\udce9mail"]
)
def test_what_is_no_text_is_refused_with_what_to_do(start):
    with pytest.raises(InputError, match=r'not text in UTF-8.*unpack a zip.*"CSV UTF-8"'):
        read(f"{start},name\nana@inbox.example,Ana\n")


def test_columns_that_nobody_knows_are_named_with_what_to_do():
    with pytest.raises(InputError, match=r"take out or rename phone, shoe size$"):
        read("email,phone,Shoe Size\nana@inbox.example,1,2\n")
    with pytest.raises(InputError, match="there is no email"):
        read("name,language\nAna,en\n")


def test_what_csv_writes_is_read_back():
    out = io.StringIO(newline="")
    values = ["ana@inbox.example", 'Ana "Nan" Sand; of, the\tquay', "world;politics"]
    csv.writer(out).writerows([["email", "name", "topics"], values])
    assert [list(record.values()) for _, record in read(out.getvalue())] == [values]
