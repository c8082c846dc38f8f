package gateway

import (
	"compress/gzip"
	"compress/zlib"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/protocol"
)

// compressedFrom is the length in bytes from which DynamoDB compresses its answers for those who take them so.
const compressedFrom = 4096

// compressors are kept, since one has hundreds of kilobytes.
type compressors struct{ gzip, deflate sync.Pool }

// compress does to a long answer of DynamoDB what the client's Accept-Encoding asks for. Its checksum is of what goes
// over the network.
func (c *compressors) compress(reply *protocol.Reply, r *http.Request, service *catalog.Service) {
	if service == nil || !service.Traits.CRC32 || len(reply.Body) < compressedFrom {
		return
	}
	accepts := r.Header["Accept-Encoding"]
	if len(accepts) == 0 {
		return
	}
	encoding := preferred(strings.Join(accepts, ","))
	if encoding == "" {
		return
	}
	to := compressed(make([]byte, 0, len(reply.Body)/2))
	switch encoding {
	case "gzip":
		w, ok := c.gzip.Get().(*gzip.Writer)
		if !ok {
			w, _ = gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is known
		}
		w.Reset(&to)
		finish(w, reply.Body)
		c.gzip.Put(w)
	case "deflate":
		w, ok := c.deflate.Get().(*zlib.Writer)
		if !ok {
			w, _ = zlib.NewWriterLevel(nil, zlib.BestSpeed)
		}
		w.Reset(&to)
		finish(w, reply.Body)
		c.deflate.Put(w)
	}
	reply.Body = append(reply.Body[:0], to...)
	reply.Set("Content-Encoding", encoding)
	reply.Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(to)), 10))
}

// compressed takes bytes and cannot fail.
type compressed []byte

func (c *compressed) Write(p []byte) (int, error) {
	*c = append(*c, p...)
	return len(p), nil
}

func finish(w io.WriteCloser, body []byte) {
	_, _ = w.Write(body) // to memory
	_ = w.Close()
}

// preferred is what an Accept-Encoding likes best of gzip and deflate; "" when neither is welcome. Of equal weights the
// one named first wins, and a name wins over *.
func preferred(accepts string) string {
	best, most, star := "", 0.0, 0.0
	gzipNamed, deflateNamed := false, false
	for part := range strings.SplitSeq(accepts, ",") {
		name, weight := weighted(part)
		switch name {
		case "*":
			star = weight
			continue
		case "gzip":
			gzipNamed = true
		case "deflate":
			deflateNamed = true
		default:
			continue
		}
		if weight > most {
			best, most = name, weight
		}
	}
	switch {
	case star <= most:
	case !gzipNamed:
		return "gzip"
	case !deflateNamed:
		return "deflate"
	}
	return best
}

// weighted takes a part of Accept-Encoding apart: a name in lower case and its q, 1 when it has none.
func weighted(part string) (name string, weight float64) {
	name, parameters, _ := strings.Cut(part, ";")
	weight = 1
	key, value, _ := strings.Cut(parameters, "=")
	if strings.EqualFold(strings.TrimSpace(key), "q") {
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if weight = q; err != nil {
			weight = 0
		}
	}
	return strings.ToLower(strings.TrimSpace(name)), weight
}
