"""The editor of a link: one declared table of controls, from which the form is shown, read and filled.

`controls` is the table. `reading` turns a form into the API's parameters, `filling` turns a link into a form.
"""
