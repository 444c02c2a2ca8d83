# The checks of Scripts/lint-comments, which names the files and sets `mode` between them.

function complain(line, text) {
  printf "%s:%d: %s\n", file, line, text
  failures++
}

function columns(text) {
  gsub(/[\200-\277]/, "", text) # all but the first byte of a character
  return length(text)
}

# As GitHub makes the anchor of a heading.
function slug(heading) {
  heading = tolower(heading)
  gsub(/[][!"#$%&'()*+,.\/:;<=>?@\\^`{|}~]/, "", heading)
  gsub(/ /, "-", heading)
  return heading
}

# `a/b/../c` as `a/c`.
function resolved(path) {
  gsub(/\/\.\//, "/", path)
  sub(/^\.\//, "", path)
  while (match(path, /[^\/]+\/\.\.\//)) {
    path = substr(path, 1, RSTART - 1) substr(path, RSTART + RLENGTH)
  }
  sub(/\/$/, "", path)
  return path
}

# The number of the line on which a position of the joined text is.
function lineAt(position, i) {
  for (i = count; i > 1; i--) if (starts[i] <= position) break
  return lines[i]
}

# Every number of "5", "5 and 7", "5, 6 and 8" or "5 to 7" must be a step of the page.
function checkSteps(page, list, line, words, i, n, from) {
  gsub(/,/, " ", list)
  n = split(list, words, / +/)
  from = 0
  for (i = 1; i <= n; i++) {
    if (words[i] == "to") { from = last + 1; continue }
    if (words[i] !~ /^[0-9]+$/) continue
    last = words[i] + 0
    if (!from) from = last
    for (; from <= last; from++) {
      if (!((page, from) in step)) complain(line, page " has no step " from)
    }
    from = 0
  }
}

# Cited steps, in a comment or a paragraph.
function checkCitations(text, isComment, rest, at, page, after) {
  if (isComment && page_ != "" && match(text, /^Steps? [0-9]+((,| and| to) ?[0-9]+)*/)) {
    checkSteps(page_, substr(text, RSTART, RLENGTH), lineAt(1))
  }
  rest = text
  at = 0
  while (match(rest, /docs\/equations\/[a-z]+\.md/)) {
    page = substr(rest, RSTART, RLENGTH)
    at += RSTART + RLENGTH - 1
    rest = substr(rest, RSTART + RLENGTH)
    page_ = page
    after = rest
    if (match(after, /^, steps? [0-9]+((,| and| to) [0-9]+)*/)) {
      checkSteps(page, substr(after, 3, RLENGTH - 2), lineAt(at))
    } else if (match(after, /^[`,]* *[Ss]teps? [0-9]/)) {
      complain(lineAt(at), "cite a step as `" page ", step 1`")
    }
  }
}

# Cited paths: of the repository's folders, and in backquotes whatever looks like a file of ours.
function checkPaths(text, rest, at, path, before, after) {
  rest = text
  at = 0
  while (match(rest, /(\.ci|Benchmarks|Scripts|Sources|Tests|docs|spec)\/[A-Za-z0-9_.\/+-]*/)) {
    path = substr(rest, RSTART, RLENGTH)
    before = RSTART > 1 ? substr(rest, RSTART - 1, 1) : " "
    after = substr(rest, RSTART + RLENGTH, 1)
    at += RSTART + RLENGTH - 1
    rest = substr(rest, RSTART + RLENGTH)
    sub(/\/?[.:]?$/, "", path)
    if (before ~ /[A-Za-z0-9_.\/<-]/ || after ~ /[*{<\200-\377]/) continue
    if (!(path in exists)) complain(lineAt(at), "there is no " path)
  }
  rest = text
  at = 0
  while (match(rest, /`[A-Za-z0-9_+-]+\.(swift|c|h|cpp)`/)) {
    path = substr(rest, RSTART + 1, RLENGTH - 2)
    at += RSTART + RLENGTH - 1
    rest = substr(rest, RSTART + RLENGTH)
    if (!(path in names)) complain(lineAt(at), "there is no " path)
  }
}

# Relative links of a page, with their anchors.
function checkLinks(text, rest, at, link, target, anchor) {
  rest = text
  at = 0
  while (match(rest, /\]\([^) ]+\)/)) {
    link = substr(rest, RSTART + 2, RLENGTH - 3)
    at += RSTART + RLENGTH - 1
    rest = substr(rest, RSTART + RLENGTH)
    if (link ~ /^[a-z]+:/ || link ~ /^</) continue
    anchor = link
    if (!sub(/^[^#]*#/, "", anchor)) anchor = ""
    target = link
    sub(/#.*$/, "", target)
    target = target == "" ? file : resolved(folder target)
    if (!(target in exists)) {
      complain(lineAt(at), "there is no " target)
    } else if (anchor != "" && !((target, anchor) in anchors)) {
      complain(lineAt(at), target " has no heading for #" anchor)
    }
  }
}

function checkWords(text, i, padded, at) {
  padded = " " tolower(text) " "
  gsub(/[^a-z -]/, " ", padded)
  for (i = 1; i <= words; i++) {
    at = index(padded, " " word[i] " ")
    if (at) complain(lineAt(at), "\"" word[i] "\": docs/architecture.md#glossary has another word")
  }
}

# Checks what was joined of consecutive comment lines, or of a paragraph.
function flush(isComment) {
  if (count) {
    checkCitations(joined, isComment)
    checkPaths(joined)
    if (!isGlossary) checkWords(joined)
    if (isPage && !isComment) checkLinks(joined)
  }
  joined = ""
  count = 0
}

function join(text) {
  lines[++count] = FNR
  starts[count] = length(joined) + 1
  joined = joined text " "
}

function checkAlone(text, isComment) {
  join(text)
  flush(isComment)
}

# What is in quotes on a line of code.
function quoted(code, result, i, c, inside) {
  if (code !~ /"/) return ""
  for (i = 1; i <= length(code); i++) {
    c = substr(code, i, 1)
    if (c == "\\") i++
    else if (c == "\"") { inside = !inside; result = result " " }
    else if (inside) result = result c
  }
  return result
}

# Position of the comment on a line of code; 0: none.
function commentStart(code, marker, at, from, quotes) {
  from = 0
  while (at = index(substr(code, from + 1), marker)) {
    at += from
    quotes = substr(code, 1, at - 1)
    if ((at == 1 || substr(code, at - 1, 1) ~ /[ \t]/) && gsub(/"/, "", quotes) % 2 == 0) return at
    from = at
  }
  return 0
}

function checkCode(line, marker, at, text) {
  at = isText ? 0 : commentStart(line, marker)
  if (line ~ /"""/) { flush(1); isText = !isText; return }
  if (!at) {
    flush(1)
    text = isText ? line : quoted(line)
    if (text != "") checkAlone(text, 0)
    return
  }
  text = substr(line, at)
  sub(marker == "#" ? "^#+ *" : "^//[/!]* *", "", text)
  if (substr(line, 1, at - 1) ~ /[^ \t]/) {
    flush(1)
    checkAlone(text, 1)
    text = quoted(substr(line, 1, at - 1))
    if (text != "") checkAlone(text, 0)
  } else if (text == "") {
    flush(1)
  } else {
    join(text)
  }
}

mode == "tree" {
  name = $0
  exists[name]
  sub(/^.*\//, "", name)
  names[name]
  for (name = $0; sub(/\/[^\/]*$/, "", name); ) exists[name]
  next
}

mode == "headings" {
  if (FNR == 1) fenced = 0
  if (/^ *```/) fenced = !fenced
  if (!fenced && match($0, /^#+ /)) {
    heading = substr($0, RLENGTH + 1)
    if (match(heading, /^Step [0-9]+/)) step[FILENAME, substr(heading, 6, RLENGTH - 5) + 0]
    name = slug(heading)
    again = seen[FILENAME, name]++
    anchors[FILENAME, again ? name "-" again : name]
  }
  next
}

# The words in bold type in the glossary.
mode == "glossary" {
  if (/^## /) isGlossary = /^## Glossary/
  line = isGlossary ? $0 : ""
  while (match(line, /\*\*[a-z -]+\*\*/)) {
    word[++words] = substr(line, RSTART + 2, RLENGTH - 4)
    line = substr(line, RSTART + RLENGTH)
  }
  next
}

FNR == 1 {
  flush(!isPage)
  file = FILENAME
  folder = file
  if (!sub(/\/[^\/]*$/, "/", folder)) folder = ""
  isPage = file ~ /\.md$/
  isC = file ~ /\.(c|h|cpp)$/
  isScript = file !~ /\.(swift|c|h|cpp|js|md)$/
  fenced = isText = isGlossary = 0
  page_ = ""
}

isPage {
  if (/^ *```/) {
    flush(fenced)
    fenced = !fenced
    isShell = /```(sh|bash)/
    next
  }
  if (!fenced && /^## /) {
    flush(0)
    isGlossary = /^## Glossary/
  }
  if (fenced && isShell) { checkAlone($0, 0) }
  else if (fenced) checkCode($0, "//")
  else if (/^ *$/) flush(0)
  else join($0)
  next
}

{
  marker = isScript ? "#" : "//"
  if (columns($0) > 100 && (isC || (!isText && commentStart($0, marker)))) {
    complain(FNR, columns($0) " columns; at most 100")
  }
  if (isScript) {
    # commands and here-documents have paths and words of their own
    if (match($0, /^ *#+ ?/)) join(substr($0, RLENGTH + 1))
    else flush(1)
  } else {
    checkCode($0, "//")
  }
}

END {
  flush(!isPage)
  if (failures) {
    printf "%d findings by Scripts/lint-comments\n", failures
    exit 1
  }
}
