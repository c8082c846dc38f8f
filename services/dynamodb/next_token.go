package dynamodb

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"github.com/brownoutdev/brownout/services"
)

// tokenDigest is how much of a statement's SHA-256 a NextToken carries.
const tokenDigest = 16

// digest is what makes a statement the same: AWS continues no other with its token.
func digest(r *services.Request, in *ExecuteStatementInput) []byte {
	p := printer{sha256.New()}
	p.text(r.Call.Account)
	p.text(r.Call.Region)
	p.optional(in.Statement)
	for i := range in.Parameters {
		p.value(&in.Parameters[i])
	}
	return p.hash.Sum(nil)[:tokenDigest]
}

// nextToken is a place as a NextToken: the statement's digest, the range's number, and the storage key
// within the table or the index, if there is one.
func (q *selection) nextToken(digest []byte, at resume) string {
	b := binary.AppendUvarint(append([]byte(nil), digest...), uint64(at.at))
	if at.key != nil {
		b = append(b, at.key[len(q.space()):]...)
	}
	return base64.URLEncoding.EncodeToString(b)
}

// resume is the place that a NextToken stands for. It lies within what the statement reads.
func (q *selection) resume(digest []byte, token *string) (resume, error) {
	if token == nil {
		return resume{}, nil
	}
	b, err := base64.URLEncoding.DecodeString(*token)
	if err != nil || len(b) <= tokenDigest {
		return resume{}, invalid("Invalid NextToken")
	}
	if !bytes.Equal(b[:tokenDigest], digest) {
		return resume{}, invalid("NextToken does not match request")
	}
	at, n := binary.Uvarint(b[tokenDigest:])
	if n <= 0 || at >= uint64(len(q.ranges)) {
		return resume{}, invalid("Invalid NextToken")
	}
	if b = b[tokenDigest+n:]; len(b) == 0 {
		return resume{at: int(at)}, nil
	}
	key := append(append([]byte(nil), q.space()...), b...)
	over := q.ranges[at]
	if bytes.Compare(key, over.Start) < 0 || over.End != nil && bytes.Compare(key, over.End) >= 0 {
		return resume{}, invalid("Invalid NextToken")
	}
	return resume{int(at), key}, nil
}
