import type { Team } from '../../core/process/shared.ts'

/** The parts of the platform that run as processes of their own. */
export const ROLES = ['portal', 'radius-server', 'analytics', 'console'] as const
export type Role = (typeof ROLES)[number]

/** What the supervisor tells a process. Secrets travel here, never in arguments or the environment. */
export type ToProcess =
  | {
      readonly kind: 'start'
      readonly role: Role
      readonly masterKey: string
      readonly redisUrl: string
      readonly databaseUrl: string
      /** Ports that an earlier process of this role had, to be had again. */
      readonly environment: Readonly<Record<string, string>>
      /** Its place among several processes of its role; null for the only one. */
      readonly team: Team | null
    }
  | { readonly kind: 'stop' }
  | { readonly kind: 'ask'; readonly id: number; readonly what: 'metrics' | 'health' }
  /** Sets its standing clock; with `work`, it answers when what is due is done. */
  | { readonly kind: 'clock'; readonly id: number; readonly at: number; readonly work: boolean }
  | { readonly kind: 'others'; readonly notReady: string | null }
  /** Private ports of its team, by index; null is one that is away. */
  | { readonly kind: 'peers'; readonly ports: readonly (number | null)[] }

/** What a process tells its supervisor. */
export type FromProcess =
  /** It has loaded and takes messages: what is sent earlier is lost. */
  | { readonly kind: 'loaded' }
  | {
      readonly kind: 'listening'
      readonly ports: Readonly<Record<string, number>>
      /** Where its team reaches it; null without a team. */
      readonly peerPort: number | null
    }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
