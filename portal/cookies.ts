import type { FastifyReply, FastifyRequest } from 'fastify'
import { PASS_DAYS, readPassToken } from '../core/domain/pass.ts'
import { VISIT_SECONDS } from '../core/domain/visit.ts'
import { parseCode } from '../core/domain/voucher.ts'

/** The visit that this browser keeps, where it keeps cookies. */
export function visitOf(request: FastifyRequest): string | undefined {
  const signed = request.cookies.visit
  if (signed === undefined) return undefined
  const { valid, value } = request.unsignCookie(signed)
  return valid && value !== null ? value : undefined
}

/** Where a browser does keep cookies, a visitor who types our address is known again. */
export function rememberVisit(reply: FastifyReply, id: string): void {
  setCookie(reply, 'visit', reply.signCookie(id), VISIT_SECONDS)
}

/** The id of the pass whose link was opened in this browser, or null. */
export function rememberedPass(request: FastifyRequest, passKey: Buffer): string | null {
  const token = request.cookies.pass
  return token === undefined ? null : (readPassToken(passKey, token)?.id ?? null)
}

/** Keeps a pass in this browser: by nobody's wish but its holder's, who opened the link or typed the code. */
export function rememberPass(reply: FastifyReply, token: string): void {
  setCookie(reply, 'pass', token, PASS_DAYS * 86_400)
}

/** As a header at once: pages are sent past the hook that would write what `reply.setCookie` remembers. */
function setCookie(reply: FastifyReply, name: string, value: string, maxAge: number): void {
  const options = `Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Lax`
  reply.header('set-cookie', `${name}=${encodeURIComponent(value)}; ${options}`)
}

/** As long as it takes to join the Wi-Fi with a slip in hand. */
const CODE_SECONDS = 15 * 60

/** The access code of the slip that was scanned in this browser; undefined where there is none. */
export const scannedCode = (request: FastifyRequest): string | undefined =>
  parseCode(request.cookies.code ?? '') ?? undefined

/** Keeps the code of a slip for the splash to come. */
export function rememberCode(reply: FastifyReply, code: string): void {
  setCookie(reply, 'code', code, CODE_SECONDS)
}
