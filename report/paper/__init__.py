"""Reports that people read: an episode, seasons, a measure, a region, each on one sheet.

`episode`, `season`, `measure` and `region` compose an answer from the questions that exist; `*_sheet` set it
in words and figures; `page` prints it as HTML; `out` as files of every format.
"""
