from typing import ClassVar

from django.db import models

from naru.security.fields import Unsealed


class Release(models.Model):
    """A release of a system, or of a map from it, that was loaded or is being loaded.

    `loaded` is null while its rows are put in place, in which nobody sees them. `loaded_by` is an
    account's key, null of the command line's.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    system = models.SmallIntegerField()
    target = models.SmallIntegerField(null=True)
    version = models.CharField(max_length=64)
    since = models.DateField()
    digest = Unsealed()
    begun = models.DateTimeField()
    loaded = models.DateTimeField(null=True)
    loaded_by = models.UUIDField(null=True)
    concepts = models.IntegerField(default=0)
    terms = models.IntegerField(default=0)
    maps = models.IntegerField(default=0)
    added = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    retired = models.IntegerField(default=0)

    class Meta:
        db_table = "terminology_release"
        indexes: ClassVar = [models.Index(fields=["system", "since"], name="terminology_of_system")]

    def __str__(self) -> str:
        return f"{self.system} {self.version}"


class Upload(models.Model):
    """A release file that was brought in at a page: looked at, waiting to be loaded, or done with.

    `content` is the file, empty once it is done with. `by` is an account's key, null of a demo.
    Whoever loads it holds it until `held_until`; `attempt` counts who did.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    system = models.SmallIntegerField()
    version = models.CharField(max_length=64)
    since = models.DateField()
    digest = Unsealed()
    content = Unsealed()
    brought = models.DateTimeField()
    by = models.UUIDField(null=True)
    state = models.CharField(max_length=8)
    shrinks = models.BooleanField()
    difference = models.JSONField()
    refused = models.JSONField()
    refused_lines = models.IntegerField()
    attempt = models.SmallIntegerField(default=0)
    held_until = models.DateTimeField(null=True)
    placed = models.IntegerField(default=0)
    of = models.IntegerField(default=0)
    reason = models.CharField(max_length=40, default="")

    class Meta:
        db_table = "terminology_upload"
        indexes: ClassVar = [models.Index(fields=["state"], name="terminology_upload_state")]

    def __str__(self) -> str:
        return f"{self.system} {self.version}"


class Concept(models.Model):
    """What a code means from a day until before another; the days are open at 0001 and 9999.

    While its release is being loaded it begins in 9999, and `begins` says when it will. `digest`
    is of everything that a file said of it.
    """

    id = models.BigAutoField(primary_key=True)
    system = models.SmallIntegerField()
    code = models.CharField(max_length=64)
    since = models.DateField()
    until = models.DateField()
    begins = models.DateField()
    release = models.ForeignKey(Release, on_delete=models.PROTECT)
    parent = models.CharField(max_length=64)
    replaced_by = models.CharField(max_length=64)
    display = models.CharField(max_length=500)
    english = models.CharField(max_length=500)
    digest = Unsealed()

    class Meta:
        db_table = "terminology_concept"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["system", "code", "since"], name="terminology_concept_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["system", "parent"], name="terminology_children")]

    def __str__(self) -> str:
        return f"{self.system} {self.code}"


class Term(models.Model):
    """A term of a concept; the representative one (대표어) is preferred."""

    id = models.BigAutoField(primary_key=True)
    concept = models.ForeignKey(Concept, on_delete=models.CASCADE)
    text = models.CharField(max_length=500)
    language = models.CharField(max_length=2)
    preferred = models.BooleanField()

    class Meta:
        db_table = "terminology_term"

    def __str__(self) -> str:
        return self.text


class Key(models.Model):
    """A term as it is typed from one of its places on; `place` tells which (`search.Place`)."""

    id = models.BigAutoField(primary_key=True)
    term = models.ForeignKey(Term, on_delete=models.CASCADE, db_index=False)
    system = models.SmallIntegerField()
    place = models.SmallIntegerField()
    typed = Unsealed()

    class Meta:
        db_table = "terminology_key"
        indexes: ClassVar = [
            models.Index(fields=["system", "place", "typed", "term"], name="terminology_typed"),
            # Whether a term that was found by one word has another, too.
            models.Index(fields=["term", "typed", "place"], name="terminology_words"),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.place}"


class Mapped(models.Model):
    """A concept of one system as another has it, from a day until before another."""

    id = models.BigAutoField(primary_key=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT)
    system = models.SmallIntegerField()
    code = models.CharField(max_length=64)
    target = models.SmallIntegerField()
    target_code = models.CharField(max_length=64)
    relation = models.CharField(max_length=16)
    since = models.DateField()
    until = models.DateField()

    class Meta:
        db_table = "terminology_map"
        indexes: ClassVar = [
            models.Index(fields=["system", "code", "target"], name="terminology_mapped"),
            models.Index(fields=["target", "target_code"], name="terminology_mapped_to"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.relation} {self.target_code}"
