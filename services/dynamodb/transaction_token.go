package dynamodb

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

const (
	// tokenLife is how long a ClientRequestToken stands for the transaction that it came with.
	tokenLife   = 10 * time.Minute
	tokenFormat = 1
	// tokenSweepEvery is how many transactions go by until expired tokens are looked for, and tokenSweepMost how
	// many of them are deleted then.
	tokenSweepEvery = 64
	tokenSweepMost  = 256
)

// token is a transaction's ClientRequestToken. What is stored for one is a byte (the format version),
// the time at which it expires (Unix nanoseconds, 8 bytes, big-endian) and the SHA-256 of the actions.
type token struct {
	key []byte
	// expiryKey orders tokens by their expiry, so that the expired ones are found.
	expiryKey []byte
	now, ends int64
	actions   [sha256.Size]byte
}

// tokenOf is the call's token; nil when it has none.
func (s *Service) tokenOf(r *services.Request, in *TransactWriteItemsInput) *token {
	return s.newToken(r, in.ClientRequestToken, func() [sha256.Size]byte { return fingerprint(in.TransactItems) })
}

func (s *Service) newToken(r *services.Request, name *string, actions func() [sha256.Size]byte) *token {
	if name == nil {
		return nil
	}
	now := s.clock.Now()
	t := &token{
		key: s.tokenKey(tableName{r.Call.Account, r.Call.Region, *name}),
		now: now.UnixNano(), ends: now.Add(tokenLife).UnixNano(), actions: actions(),
	}
	t.expiryKey = s.tokenExpiryKey(t.ends, t.key)
	return t
}

func (s *Service) tokenKey(name tableName) []byte {
	key := s.descriptorKey(name)
	key[len(s.prefix)] = letterToken
	return key
}

func (s *Service) tokenExpiryKey(ends int64, tokenKey []byte) []byte {
	b := append(append([]byte(nil), s.prefix...), letterTokenExpiry)
	b = binary.BigEndian.AppendUint64(b, uint64(ends))
	return append(b, tokenKey[len(s.prefix)+1:]...)
}

// seen is whether the token came before with the same actions, and they were carried out. Other
// actions under the token are an error. The token's key is locked.
func (t *token) seen(r store.Reader) (bool, error) {
	if t == nil {
		return false, nil
	}
	value, err := r.Get(t.key)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	ends, actions, err := readToken(value)
	switch {
	case err != nil:
		return false, err
	case ends <= t.now:
		return false, nil
	case !bytes.Equal(actions, t.actions[:]):
		return false, refused(codeMismatch, textMismatch)
	}
	return true, nil
}

func readToken(value []byte) (ends int64, actions []byte, err error) {
	if len(value) != 9+sha256.Size || value[0] != tokenFormat {
		return 0, nil, fmt.Errorf("dynamodb: a transaction's token is damaged, or stored in a newer format")
	}
	return int64(binary.BigEndian.Uint64(value[1:])), value[9:], nil
}

// keep remembers the token, in the transaction that it stands for.
func (t *token) keep(w store.Writer) error {
	if t == nil {
		return nil
	}
	value := binary.BigEndian.AppendUint64([]byte{tokenFormat}, uint64(t.ends))
	if err := w.Set(t.key, append(value, t.actions[:]...)); err != nil {
		return err
	}
	return w.Set(t.expiryKey, []byte{tokenFormat})
}

// sweepTokens deletes expired tokens now and then; a failure is only logged, since the call is done.
func (s *Service) sweepTokens(ctx context.Context, t *token) {
	if t == nil || s.tokens.Add(1)%tokenSweepEvery != 0 {
		return
	}
	if err := s.deleteExpiredTokens(ctx, t.now); err != nil {
		s.log.Warn("dynamodb: expired transaction tokens stay", "error", err)
	}
}

func (s *Service) deleteExpiredTokens(ctx context.Context, now int64) error {
	first := append(append([]byte(nil), s.prefix...), letterTokenExpiry)
	over := store.Range{Start: first, End: binary.BigEndian.AppendUint64(slices.Clone(first), uint64(now))}
	var expired [][]byte
	err := s.store.View(ctx, func(r store.Reader) error {
		return r.Scan(over, func(key, _ []byte) (bool, error) {
			expired = append(expired, slices.Clone(key))
			return len(expired) < tokenSweepMost, nil
		})
	})
	if err != nil || len(expired) == 0 {
		return err
	}
	keys := make([][]byte, len(expired))
	for i, key := range expired {
		keys[i] = append(append(slices.Clone(s.prefix), letterToken), key[len(first)+8:]...)
	}
	return s.store.Update(ctx, keys, func(w store.Writer) error {
		for i, key := range keys {
			if err := w.Delete(expired[i]); err != nil {
				return err
			}
			if err := deleteExpiredToken(w, key, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// deleteExpiredToken leaves a token that has come again since, with a later end.
func deleteExpiredToken(w store.Writer, key []byte, now int64) error {
	value, err := w.Get(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if ends, _, err := readToken(value); err != nil || ends > now {
		return err
	}
	return w.Delete(key)
}

// fingerprint is alike for requests that say the same: SDKs write the members of a map in any order.
func fingerprint(actions []TransactWriteItem) (sum [sha256.Size]byte) {
	p := printer{sha256.New()}
	for _, a := range actions {
		if c := a.ConditionCheck; c != nil {
			p.action("check", c.TableName, c.Key, nil, c.ConditionExpression, c.ExpressionAttributeNames, c.ExpressionAttributeValues, c.ReturnValuesOnConditionCheckFailure)
		}
		if c := a.Put; c != nil {
			p.action("put", c.TableName, c.Item, nil, c.ConditionExpression, c.ExpressionAttributeNames, c.ExpressionAttributeValues, c.ReturnValuesOnConditionCheckFailure)
		}
		if c := a.Delete; c != nil {
			p.action("delete", c.TableName, c.Key, nil, c.ConditionExpression, c.ExpressionAttributeNames, c.ExpressionAttributeValues, c.ReturnValuesOnConditionCheckFailure)
		}
		if c := a.Update; c != nil {
			p.action("update", c.TableName, c.Key, c.UpdateExpression, c.ConditionExpression, c.ExpressionAttributeNames, c.ExpressionAttributeValues, c.ReturnValuesOnConditionCheckFailure)
		}
	}
	p.hash.Sum(sum[:0])
	return sum
}

type printer struct{ hash hash.Hash }

// text writes a length before the text, so that no two lists of texts look alike.
func (p printer) text(text string) {
	p.hash.Write(binary.AppendUvarint(nil, uint64(len(text))))
	p.hash.Write([]byte(text))
}

func (p printer) optional(text *string) {
	if text == nil {
		p.text("")
		return
	}
	p.text("=" + *text)
}

func (p printer) action(kind string, table *string, it item.Item, update, condition *string, names map[string]string, values item.Item, onFailure *string) {
	p.text(kind)
	p.optional(table)
	p.item(it)
	p.optional(update)
	p.optional(condition)
	p.text(fmt.Sprint(len(names)))
	for _, name := range slices.Sorted(maps.Keys(names)) {
		p.text(name)
		p.text(names[name])
	}
	p.item(values)
	p.optional(onFailure)
}

func (p printer) item(it item.Item) {
	it = slices.Clone(it)
	slices.SortFunc(it, func(a, b item.Attribute) int { return strings.Compare(a.Name, b.Name) })
	p.text(fmt.Sprint(len(it)))
	for i := range it {
		p.text(it[i].Name)
		p.value(&it[i].Value)
	}
}

func (p printer) value(v *item.Value) {
	p.text(v.Type.String())
	switch v.Type {
	case item.M:
		p.item(v.Fields)
	case item.L, item.SS, item.NS, item.BS:
		p.text(fmt.Sprint(len(v.Elements)))
		for i := range v.Elements {
			p.value(&v.Elements[i])
		}
	case item.BOOL:
		p.text(fmt.Sprint(v.Bool))
	default:
		p.text(v.Text)
	}
}
