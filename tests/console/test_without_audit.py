"""No page shows anything, and none changes anything, while the audit cannot be written."""

from django.db import connection

from naru.demo.story import Story
from naru.notifications.queries import manner
from tests.staging import looking_as

PAGES = (
    *("/portal", "/portal/accesses", "/portal/notices"),
    *("/console/accesses", "/console/accesses/inbox", "/console/notices"),
)


def test_no_page_answers_while_the_audit_cannot_be_written(told: Story) -> None:
    client = looking_as(told.patient, told.receiver)
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_record RENAME TO audit_record_elsewhere")
    try:
        shown = {page: client.get(page).status_code for page in PAGES}
        kept = client.post("/portal/notices/preferences", {"language": "en", "first": "sms"})
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_record_elsewhere RENAME TO audit_record")

    assert shown == dict.fromkeys(PAGES, 500)
    assert kept.status_code == 500
    assert manner(told.patient) == ("ko", "")
    assert {client.get(page).status_code for page in PAGES} == {200}
