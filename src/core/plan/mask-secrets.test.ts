import { describe, expect, it } from 'vitest'
import { maskSecrets } from './mask-secrets.ts'

describe('masking secrets in a log', () => {
  it.each([
    { name: 'a whole value', text: 'login with hunter22 failed', values: ['hunter22'], masked: 'login with *** failed' },
    { name: 'each line of a script', text: 'sh: apt-get upgrade -y: 1', values: ['#!/bin/sh\napt-get upgrade -y\n'], masked: 'sh: ***: 1' },
    { name: 'the longer of two values that overlap', text: 'token abcd-efgh', values: ['abcd', 'abcd-efgh'], masked: 'token ***' },
    { name: 'nothing for values shorter than four characters', text: 'a=1 b=2', values: ['1', 'b=2'], masked: 'a=1 b=2' },
    { name: 'nothing without values', text: 'plain', values: [], masked: 'plain' },
    { name: 'values with characters that mean something in patterns', text: 'p(.*)$', values: ['(.*)$'], masked: 'p***' },
  ])('masks $name', ({ text, values, masked }) => {
    expect(maskSecrets(text, values)).toBe(masked)
  })
})
