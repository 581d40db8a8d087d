"""ebXML Registry 3.0 as ITI profiles it: values of `domain.xds` to and from the wire.

One file per object or message, each with `from_ebxml` and `to_ebxml` in the same field order.
What is read is an lxml element; what is written is text with the prefixes `rim`, `rs`, `lcm`,
`query` and `xds`, which each message declares at its root.

Here stands what the message alone can tell: the form of ebXML and of each attribute. What needs
the registry's state (known patients, duplicate ids, references) is the registry's to check.
"""
