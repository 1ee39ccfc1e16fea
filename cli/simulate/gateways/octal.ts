/** Octets as RouterOS writes them into a page: each as a backslash and three octal digits. */
export const octalEscaped = (octets: Buffer): string =>
  Array.from(octets, (octet) => `\\${octet.toString(8).padStart(3, '0')}`).join('')
