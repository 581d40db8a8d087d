"""An EMR in thirty lines: a consent, a referral, and the other hospital opens it.

python examples/emr.py CLINIC/link.toml HOSPITAL/link.toml
"""

import sys
from datetime import date, datetime
from zoneinfo import ZoneInfo

from naru import link

today = datetime.now(ZoneInfo("Asia/Seoul")).date()
clinic, hospital = (link.Link.from_file(file) for file in sys.argv[1:3])
they = hospital.config.institution
to = link.CareInstitution(name=they.name, oid=they.oid, code=they.code, telephone=they.telephone)

patient = link.Patient(mrn="TEST-0001", name="김하늘", birth_date=date(1980, 5, 5))
patient = clinic.register_patient(patient)
ticked = (link.Box.PERSONAL, link.Box.SENSITIVE)  # As the patient ticked them on the paper.
clinic.register_consent(patient, from_date=today, terms=link.Terms(boxes=ticked))
receipt = clinic.send_referral(
    link.Referral(
        patient=patient,
        author=link.Practitioner(id="TEST-D1", name="한의사"),
        encounter=link.Encounter(date=today),
        diagnoses=(link.Diagnosis(date=today, code="I20.9", name="상세불명의 협심증"),),
        reason="관상동맥 조영술을 의뢰드립니다.",
    ),
    to=to,
)
print("보냄:", receipt.unique_id)
hospital.receive(patient)
for found in hospital.find(patient):
    print(hospital.open(found).text)
