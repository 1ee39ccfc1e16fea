import type { FastifyReply, FastifyRequest } from 'fastify'
import { PASS_DAYS, readPassToken } from '../core/domain/pass.ts'

/** The visit that this browser keeps, where it keeps cookies. */
export function visitOf(request: FastifyRequest): string | undefined {
  const signed = request.cookies.visit
  if (signed === undefined) return undefined
  const { valid, value } = request.unsignCookie(signed)
  return valid && value !== null ? value : undefined
}

/** The id of the pass whose link was opened in this browser, or null. */
export function rememberedPass(request: FastifyRequest, passKey: Buffer): string | null {
  const token = request.cookies.pass
  return token === undefined ? null : (readPassToken(passKey, token)?.id ?? null)
}

/** Keeps a pass in this browser: by nobody's wish but its holder's, who opened the link or typed the code. */
export function rememberPass(reply: FastifyReply, token: string): void {
  reply.setCookie('pass', token, {
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    maxAge: PASS_DAYS * 86_400,
  })
}
