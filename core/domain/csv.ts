/** Spreadsheets take a text that begins so for a formula, also in the wide forms of these signs. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/

/** A field of text: what a spreadsheet would calculate has an apostrophe before it, which it takes for "this is text". */
export const csvText = (text: string): string => csvField(FORMULA.test(text) ? `'${text}` : text)

/** A field as it is. @see RFC 4180 §2 */
export const csvField = (field: string): string =>
  /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field

export const csvLine = (fields: readonly string[]): string => `${fields.join(',')}\r\n`
