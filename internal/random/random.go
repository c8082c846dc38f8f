// Package random makes identifiers: request ids, UUIDs, the ids of AWS resources. Nothing that a
// user can ask to repeat (draws of fault rules) comes from here.
package random

import (
	cryptorand "crypto/rand"
	"encoding/hex"
	"math/rand/v2"
	"sync"
	"unsafe"
)

const (
	upper  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	base62 = upper + "abcdefghijklmnopqrstuvwxyz"
)

// Source makes identifiers that differ between processes. It is safe for concurrent use.
type Source struct {
	mutex   sync.Mutex
	chacha8 *rand.ChaCha8
}

// New is a source seeded by the operating system.
func New() *Source {
	var seed [32]byte
	cryptorand.Read(seed[:]) // never fails (crypto/rand)
	return &Source{chacha8: rand.NewChaCha8(seed)}
}

// Uint64 is 64 random bits.
func (s *Source) Uint64() uint64 {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.chacha8.Uint64()
}

// LongRequestID is 52 characters [0-9A-Z], the form of DynamoDB's request ids.
func (s *Source) LongRequestID() string { return s.characters(52, upper) }

// Base62 is n characters [0-9A-Za-z], the form of FIS's resource ids.
func (s *Source) Base62(n int) string { return s.characters(n, base62) }

func (s *Source) characters(n int, alphabet string) string {
	text := make([]byte, n)
	s.mutex.Lock()
	for i := 0; i < n; {
		// Ten characters a draw; the bias of 2^64 modulo 62^10 is far below what an id needs.
		for r, k := s.chacha8.Uint64(), 0; k < 10 && i < n; k++ {
			text[i] = alphabet[r%uint64(len(alphabet))]
			r /= uint64(len(alphabet))
			i++
		}
	}
	s.mutex.Unlock()
	return unsafe.String(unsafe.SliceData(text), n) // nobody else has text: every call gets an id
}

// UUID is a random UUID (version 4).
func (s *Source) UUID() string {
	var raw [16]byte
	s.mutex.Lock()
	s.chacha8.Read(raw[:])
	s.mutex.Unlock()
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80
	text := make([]byte, 36)
	hex.Encode(text[0:8], raw[0:4])
	hex.Encode(text[9:13], raw[4:6])
	hex.Encode(text[14:18], raw[6:8])
	hex.Encode(text[19:23], raw[8:10])
	hex.Encode(text[24:36], raw[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text)
}
