/** The fields of CSV as RFC 4180 has them, line by line. @throws where a line is none of it. */
export function readCsv(text: string): string[][] {
  const lines: string[][] = []
  let at = 0
  while (at < text.length) {
    const line: string[] = []
    for (let ended = false; !ended;) {
      let field: string
      if (text[at] === '"') {
        const found = /"((?:[^"]|"")*)"/suy
        found.lastIndex = at
        const match = found.exec(text)
        if (!match) throw new Error(`a quoted field does not end, at ${at}`)
        field = match[1]!.replaceAll('""', '"')
        at = found.lastIndex
      } else {
        const end = text.slice(at).search(/[,\r\n"]/)
        if (end === -1) throw new Error(`a line does not end, at ${at}`)
        field = text.slice(at, at + end)
        at += end
      }
      line.push(field)
      if (text[at] === ',') at++
      else if (text.startsWith('\r\n', at)) {
        at += 2
        ended = true
      } else throw new Error(`neither a comma nor the end of a line, at ${at}`)
    }
    lines.push(line)
  }
  return lines
}
