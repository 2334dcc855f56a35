"""What a planner does about each kind of fault."""

ADVICE = {
    "wrong-datum": "Where all files are so, check and publish them with --datum; else convert that one layer to WGS84.",
    "wrong-count": "Add what is missing or take out what is too much; else correct the number in district.toml.",
    "missing-code": "Give it a code that no other area has or had.",
    "duplicate-code": "Give all but one of them another code, or join them into one feature of several parts.",
    "retired-code": "Take a new code: old items still stand under this one.",
    "missing-township": "Write the township's code into the field township; --township-field names another field.",
    "unknown-township": "Correct the township's code, or add that township.",
    "township-without-cells": "Draw its cells, or take the township out.",
    "missing-geometry": "Draw the area, or take the feature out.",
    "not-an-area": "Make it a polygon or a multipolygon.",
    "invalid-ring": "Redraw the ring there so that it does not meet itself; --fix mends it by the even-odd rule.",
    "overlap": "Move one border to the other, with snapping on; --fix leaves the ground with the lower code.",
    "across-townships": "Cut the cell along the border of the townships, or move that border.",
    "outside-township": "Move the cell's border back to that of its township; or let the townships be made from cells.",
    "outside-outline": "Move the border back to the outline, or correct the outline.",
    "gap": "Give the ground to a cell beside it, with snapping to vertices on; --fix closes what is narrow.",
    "t-junction": "Add the missing vertices on the common border, with topological editing on; --fix adds them.",
    "sliver": "Join it to the cell beside it, or delete it.",
    "repeated-point": "Nothing has to be done; --fix takes the second one out.",
}
"""Kind of fault -> a sentence, in the order in which faults are told."""
