"""The fourteen rules of design section 7, in their order; `consent.decision` asks them in turn.

A rule is asked once for {requester, patient, path, act, purpose, time}. It answers with a decision
on every item, with a judge of single items, or with nothing: then the next rule is asked.
"""
