"""The English messages of rules and services in the language of the console.

A rule or a service raises its message in English, for the API, the command line and the store. A page finds the message by its English
text and shows the translation. Stripe's own messages stand in quotation marks. Another message that is in no list stays as it is.
"""
