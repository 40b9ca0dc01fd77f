"""Helix answers by example: every endpoint that nothing else in the simulator plays.

An endpoint is a row of a family's table: method, path, who may call, which parameters it takes, and the function that
makes an example from what was asked. Ids and names in the example are those of the request; everybody exists (see
`people`). What is made, changed or deleted is kept on a shelf, so that the list shows it afterwards. Nothing is
known here of what a row means: checking, paging and keeping are each written once, for all.

    parameters   the notation of a row's parameters, and the check of a call against it
    rows         what a row is, and who may call it
    shelves      what calls have left behind
    asking       a call as the makers of examples see it
    pages        `first`, `after` and `before`
    samples      ids, pictures, games and names that the examples share
    table        all families in one, and the endpoints that Twitch has removed
    extension_tokens   the JWT of an extension
    answering    from a row and a call to an answer

Source: https://dev.twitch.tv/docs/api/reference/
"""
