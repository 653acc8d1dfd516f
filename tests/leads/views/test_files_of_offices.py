"""Files between headquarters and an office: what goes along with a packet, what an office adds, what follows the lead."""

from __future__ import annotations

import hashlib
import io
import json
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from access.context import acting_as
from access.models import Office, User
from audit.acts import Act
from audit.models import Event
from audit.selectors import words_of
from leads.models import Attachment, Lead, Referral
from leads.papers import folder
from leads.selectors.referral import packet_json_for, referral_for
from leads.services.answer import return_referral
from leads.services.office import transfer_referral
from leads.services.packet_files import chosen_files
from leads.services.referral import recall_referral, refer_lead
from leadtrac.bench.client import signed_in
from tests.factories.people import person
from tests.leads.conftest import Desk
from tests.leads.views.papers import JPEG, PDF, PNG, sent
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]


def test_the_office_gets_what_is_for_the_office_and_nothing_else(
    desk: Desk,
    analyst: Client,
    officer: Client,
    lead: Lead,
    referral: Referral,
) -> None:
    address = f"/leads/{lead.number}/files/add/"
    analyst.post(address, sent())
    analyst.post(address, sent(PNG + bytes(2_444), "house.png", audience="office"))
    with acting_as(desk.analyst):
        own, shared = Attachment.objects.get(audience="hq"), Attachment.objects.get(audience="office")

    page = words(officer.get(f"/referrals/{referral.uuid}/"))

    assert "house.png Withdrawal letter PNG picture not scanned 2.5 kB" in page, "as the packet would say"
    assert "letter of the school" not in page
    assert officer.get(f"/referrals/{referral.uuid}/files/{shared.uuid}/").content == PNG + bytes(2_444)
    assert officer.get(f"/referrals/{referral.uuid}/files/{own.uuid}/").status_code == 404
    assert officer.get(f"/leads/{lead.number}/files/{shared.uuid}/").status_code == 404
    assert signed_in(desk.atlanta).get(f"/referrals/{referral.uuid}/files/{shared.uuid}/").status_code == 404
    with acting_as(desk.atlanta):
        assert not Attachment.objects.exists()


def test_an_officer_adds_a_picture_and_headquarters_reads_it_on_the_lead(
    desk: Desk, analyst: Client, officer: Client, lead: Lead, referral: Referral, files: Path
) -> None:
    page, add = f"/referrals/{referral.uuid}/", f"/referrals/{referral.uuid}/files/add/"
    assert "No file yet." in words(officer.get(page))
    photo = {"attachment": SimpleUploadedFile("photo.jpg", JPEG), "about": "Passport, seen at the door"}

    said = words(officer.post(add, photo, follow=True))

    assert "The file is added; headquarters sees it." in said
    assert "photo.jpg Passport, seen at the door JPEG picture" in said
    with acting_as(desk.boston):
        kept = Attachment.objects.get()
        assert (kept.audience, kept.access_class_id, kept.referral) == ("office", referral.access_class_id, referral)
        assert not Lead.objects.exists(), "to add a file gives no sight of the lead"
    assert officer.get(f"{page}files/{kept.uuid}/").content == JPEG
    assert analyst.get(f"/leads/{lead.number}/files/{kept.uuid}/").content == JPEG
    assert f"{desk.boston.label}, HSI Boston" in words(analyst.get(f"/leads/{lead.number}/files/"))
    assert "File from HSI Boston" in words(analyst.get(f"/leads/{lead.number}/history/"))
    assert f"{lead.number}: a file from the office HSI Boston added it." in words(analyst.get("/notices/"))
    auditor = person("audrey", "auditor")
    with acting_as(auditor):
        assert Event.objects.filter(act=Act.ATTACHMENT_ADDED, object_uuid=referral.uuid, result_uuids=[kept.uuid]).count() == 1
    photo["attachment"] = SimpleUploadedFile("photo.jpg", JPEG)
    assert "This file was added before" in words(officer.post(add, photo, follow=True))
    wrong = officer.post(add, {"attachment": SimpleUploadedFile("x.exe", b"MZ" + b"\0" * 90), "about": "Typed."})
    assert wrong.status_code == 422
    assert "Typed." in wrong.content.decode()
    with acting_as(desk.analyst):
        assert Attachment.objects.count() == 1
    with acting_as(auditor):
        assert Event.objects.filter(act=Act.ATTACHMENT_REFUSED, object_uuid=referral.uuid, field_names=["kind"]).count() == 1


def test_an_office_adds_files_to_a_referral_of_its_own_and_only_while_that_is_its_own(
    desk: Desk, analyst: Client, officer: Client, lead: Lead, referral: Referral
) -> None:
    add = f"/referrals/{referral.uuid}/files/add/"
    paper = {"attachment": SimpleUploadedFile("paper.pdf", PDF)}
    assert signed_in(desk.atlanta).post(add, paper).status_code == 404
    assert analyst.post(add, paper).status_code == 403
    with acting_as(desk.analyst):
        recall_referral(actor=desk.analyst, referral=referral, reason="New facts.", now=timezone.now())

    late = officer.post(add, {"attachment": SimpleUploadedFile("paper.pdf", PDF)})

    assert late.status_code == 409
    assert "no longer with your office" in words(late)
    assert "Add a file" not in words(officer.get(f"/referrals/{referral.uuid}/"))
    with acting_as(desk.analyst):
        assert not Attachment.objects.exists()


def test_a_packet_names_the_files_that_the_sender_chose_and_the_office_opens_those(
    desk: Desk, analyst: Client, officer: Client, lead: Lead, files: Path
) -> None:
    add, refer = f"/leads/{lead.number}/files/add/", f"/leads/{lead.number}/refer/"
    analyst.post(add, sent())
    analyst.post(add, sent(PNG, "house.png", about="Kept here"))
    with acting_as(desk.analyst):
        letter = Attachment.objects.get(kind="pdf")
    assert "letter of the school.pdf (Withdrawal letter)" in words(analyst.get(refer))
    review = analyst.post(refer, {"version": lead.version, "office": "HSI-BOS", "along": [str(letter.uuid)]})
    assert "Files that go along letter of the school.pdf (Withdrawal letter)" in words(review)
    analyst.post(f"{refer}send/", hidden(review.content.decode()) | {"along": [str(letter.uuid)]})

    with acting_as(desk.boston):
        referral = Referral.objects.get()
        (copy,) = Attachment.objects.all()
        (named,) = json.loads(packet_json_for(desk.boston, referral.packet.uuid))["files"]
    assert (named["id"], named["name"], named["kind"], named["sha256"]) == (
        str(copy.uuid), "letter of the school.pdf", "PDF", hashlib.sha256(PDF).hexdigest(),
    )  # fmt: skip
    page = words(officer.get(f"/referrals/{referral.uuid}/"))
    assert "letter of the school.pdf Withdrawal letter PDF" in page
    assert "house.png" not in page
    assert officer.get(f"/referrals/{referral.uuid}/files/{copy.uuid}/").content == PDF
    assert officer.get(f"/referrals/{referral.uuid}/files/{letter.uuid}/").status_code == 404
    pdf = PdfReader(io.BytesIO(officer.get(f"/referrals/{referral.uuid}/packet.pdf").content))
    assert named["sha256"] in "".join(sheet.extract_text() for sheet in pdf.pages)
    (row,) = officer.get(f"/api/v1/referrals/{referral.uuid}/files/").json()["results"]
    assert (row["name"], row["sha256"], row["in_packet"]) == (named["name"], named["sha256"], True)
    assert officer.get(row["address"]).content == PDF
    rows = analyst.get(f"/api/v1/leads/{lead.number}/files/").json()["results"]
    assert [(each["name"], each["in_packet"]) for each in rows] == [("house.png", False), ("letter of the school.pdf", False)]
    assert analyst.get(rows[0]["address"]).content == PNG
    assert officer.get(f"/api/v1/leads/{lead.number}/files/").status_code == 403
    assert signed_in(desk.atlanta).get(f"/api/v1/referrals/{referral.uuid}/files/").status_code == 404
    listed = words(analyst.get(f"/leads/{lead.number}/files/"))
    assert listed.count("letter of the school.pdf") == 1
    assert "sent with the packet to HSI Boston" in listed
    again = officer.post(f"/referrals/{referral.uuid}/files/add/", {"attachment": SimpleUploadedFile("back.pdf", PDF)}, follow=True)
    assert "This file came with the packet" in words(again), "an office that sends back what it was given has it already"
    with acting_as(desk.boston):
        seen = referral_for(desk.boston, referral.uuid)
        atlanta = Office.objects.get(code="HSI-ATL")
        moved = transfer_referral(actor=desk.boston, referral=seen, office=atlanta, reason="Moved.", now=timezone.now())
    assert signed_in(desk.atlanta).get(f"/referrals/{moved.uuid}/files/{copy.uuid}/").content == PDF
    assert officer.get(f"/referrals/{referral.uuid}/files/{copy.uuid}/").status_code == 404
    assert "with the office that has it now" in words(officer.get(f"/referrals/{referral.uuid}/"))
    with acting_as(person("audrey", "auditor")):
        told = Event.objects.filter(act=Act.LEAD_REFERRED, object_uuid=lead.uuid).order_by("pk")
        assert [event.result_uuids for event in told] == [[each.uuid, each.packet.uuid, copy.uuid] for each in (referral, moved)]
        assert all("files" in event.field_names for event in told)
        gone = {"copy": str(copy.uuid), "of": str(letter.uuid), "sha256": named["sha256"]}
        assert [(words_of(event) or {})["files"] for event in told] == [[gone], [gone]], "what left headquarters is on record"


def test_nothing_is_sent_with_a_file_that_is_not_what_was_attached(desk: Desk, analyst: Client, lead: Lead) -> None:
    analyst.post(f"/leads/{lead.number}/files/add/", sent())
    with acting_as(desk.analyst):
        kept = Attachment.objects.get()
    folder.FOLDER.path(kept.stored_as).write_bytes(b"something else")
    chosen = sendable(analyst, lead) | {"along": [str(kept.uuid)]}

    answer = analyst.post(f"/leads/{lead.number}/refer/send/", chosen)

    assert answer.status_code == 409
    assert "The file does not open." in words(answer)
    assert desk.fresh(lead).state == "queued"


def test_a_file_stays_with_its_lead_through_referral_closing_and_reopening(desk: Desk, analyst: Client, lead: Lead) -> None:
    analyst.post(f"/leads/{lead.number}/files/add/", sent())
    analyst.post(f"/leads/{lead.number}/refer/send/", sendable(analyst, lead))
    referred = desk.fresh(lead)
    assert referred.state == "referred"
    assert referred.access_class_id != lead.access_class_id
    with acting_as(desk.analyst):
        kept = Attachment.objects.get()
        assert kept.access_class_id == referred.access_class_id
        recall_referral(actor=desk.analyst, referral=Referral.objects.get(), reason="New facts.", now=timezone.now())
    for act, given in (("close", {"code": "departed", "reason": ""}), ("reopen", {"reason": "A second look."})):
        analyst.post(f"/leads/{lead.number}/{act}/", {"version": desk.fresh(lead).version} | given)
    assert desk.fresh(lead).state == "reopened"

    assert analyst.get(f"/leads/{lead.number}/files/{kept.uuid}/").content == PDF
    with acting_as(desk.analyst):
        assert Attachment.objects.get().access_class_id == desk.fresh(lead).access_class_id


def test_a_referral_shows_and_hands_on_its_own_files_and_none_of_an_earlier_one(
    desk: Desk, analyst: Client, officer: Client, lead: Lead
) -> None:
    def referred(*along: Attachment) -> Referral:
        with acting_as(desk.analyst):
            now = timezone.now()
            boston, fresh = Office.objects.get(code="HSI-BOS"), desk.fresh(lead)
            return refer_lead(actor=desk.analyst, lead=fresh, office=boston, reason="", now=now, files=[each.uuid for each in along])

    def handed_on(user: User, referral: Referral, code: str) -> Referral:
        with acting_as(user):
            seen, office = referral_for(user, referral.uuid), Office.objects.get(code=code)
            return transfer_referral(actor=user, referral=seen, office=office, reason="Moved.", now=timezone.now())

    def listed(user: User, referral: Referral) -> list[str]:
        return [each["name"] for each in signed_in(user).get(f"/api/v1/referrals/{referral.uuid}/files/").json()["results"]]

    analyst.post(f"/leads/{lead.number}/files/add/", sent())
    with acting_as(desk.analyst):
        letter = Attachment.objects.get()
    first = referred(letter)
    officer.post(f"/referrals/{first.uuid}/files/add/", {"attachment": SimpleUploadedFile("earlier.jpg", JPEG)})
    with acting_as(desk.boston):
        seen = referral_for(desk.boston, first.uuid)
        return_referral(actor=desk.boston, referral=seen, return_reason="resources", words="", now=timezone.now())
    second = referred()
    officer.post(f"/referrals/{second.uuid}/files/add/", {"attachment": SimpleUploadedFile("later.pdf", PDF)})
    with acting_as(desk.boston):
        copy, earlier, later = Attachment.objects.order_by("pk")

    with acting_as(desk.analyst):
        everything = [later.uuid, earlier.uuid, letter.uuid]
        assert chosen_files(lead, everything) == (letter, earlier), "the oldest first, each content once"
    page = words(officer.get(f"/referrals/{second.uuid}/"))
    assert "later.pdf" in page
    assert "earlier.jpg" not in page
    assert listed(desk.boston, second) == ["later.pdf"]
    assert listed(desk.boston, first) == ["earlier.jpg", "letter of the school.pdf"]
    for other in (copy, earlier):
        assert officer.get(f"/referrals/{second.uuid}/files/{other.uuid}/").status_code == 404
        assert officer.get(f"/referrals/{first.uuid}/files/{other.uuid}/").status_code == 200
    third = handed_on(desk.boston, second, "HSI-ATL")
    with acting_as(desk.atlanta):
        assert [each.pk for each in Attachment.objects.all()] == [later.pk], "what came with the referral before stays behind"
    fourth = handed_on(desk.atlanta, third, "HSI-CHI")
    assert listed(desk.boston, first) == ["earlier.jpg", "letter of the school.pdf"]
    assert listed(desk.boston, second) == listed(desk.atlanta, third) == []
    chicago = person("cyd", "field_officer", office=Office.objects.get(code="HSI-CHI"))
    assert listed(chicago, fourth) == ["later.pdf"], "along the whole line of transfers"
    assert signed_in(chicago).get(f"/referrals/{fourth.uuid}/files/{later.uuid}/").content == PDF
    assert listed(desk.analyst, fourth) == ["later.pdf"]


def sendable(client: Client, lead: Lead) -> dict[str, str]:
    """What the review page of a referral would send."""
    return hidden(client.post(f"/leads/{lead.number}/refer/", {"version": lead.version, "office": "HSI-BOS"}).content.decode())


def hidden(html: str) -> dict[str, str]:
    return {name: re.search(rf'name="{name}" value="([^"]*)"', html)[1] for name in ("version", "digest", "office")}
