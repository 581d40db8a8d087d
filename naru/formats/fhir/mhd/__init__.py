"""MHD 4.2 resources beside Document Sharing metadata, in pairs (MHD 3:4.5.1).

What has no place on the other side is named where it is left out. A fault of form is a
RegistryFailure whose `location` is the FHIRPath expression of the element.
"""
