"""SubmitObjectsRequest (ITI TF-2 3.42.4.1.2), the body of ITI-42 and the core of ITI-41."""

from typing import Final

from lxml.etree import _Element

from naru.domain.xds import Submission
from naru.formats.ebxml import namespaces as ns
from naru.formats.ebxml import registry_object_list
from naru.formats.ebxml.errors import invalid
from naru.formats.ebxml.registry_object_list import RegistryObjects

TAG: Final = f"{{{ns.LCM}}}SubmitObjectsRequest"


def from_ebxml(element: _Element) -> Submission:
    """The submission that the request carries, symbolic ids as sent.

    Only ebXML's own form is judged; `attribute_forms.check` judges what the attributes hold.
    Raises InvalidMetadata.
    """
    if element.tag != TAG:
        raise invalid("the request must be a SubmitObjectsRequest of ebXML Registry 3.0")
    listed = element.find(ns.REGISTRY_OBJECT_LIST)
    if listed is None:
        raise invalid("the SubmitObjectsRequest must hold a RegistryObjectList")
    found = registry_object_list.from_ebxml(listed)
    if len(found.submission_sets) != 1:  # ITI TF-3 4.2.1.4
        raise invalid("a submission must hold exactly one SubmissionSet")
    return Submission(
        submission_set=found.submission_sets[0],
        entries=found.entries,
        folders=found.folders,
        associations=found.associations,
    )


def to_ebxml(submission: Submission) -> str:
    """The SubmitObjectsRequest, an element that declares its own prefixes."""
    objects = registry_object_list.to_ebxml(
        RegistryObjects(
            submission_sets=(submission.submission_set,),
            entries=submission.entries,
            folders=submission.folders,
            associations=submission.associations,
        )
    )
    return (
        f'<lcm:SubmitObjectsRequest xmlns:lcm="{ns.LCM}" xmlns:rim="{ns.RIM}">'
        f"<rim:RegistryObjectList>{objects}</rim:RegistryObjectList></lcm:SubmitObjectsRequest>"
    )
