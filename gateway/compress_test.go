package gateway

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/protocol"
)

func TestPreferredEncoding(t *testing.T) {
	t.Parallel()
	for accepts, want := range map[string]string{
		"": "", "identity": "", "br": "", "x-gzip": "", "gzip ;q=0": "", "gzip;q=x": "",
		"gzip, deflate": "gzip", "br, identity, deflate, gzip": "deflate", "GZIP, identity": "gzip", "dog, gzip ,, cat": "gzip",
		"gzip;q=0.8, deflate;q=0.5": "gzip", "br, gzip;q=0, deflate; q = 0.5 , identity;q=0": "deflate",
		"*": "gzip", "*, deflate;q=0.5": "gzip", "*, deflate": "deflate", "*, gzip;q=0.5": "deflate", "*;q=0": "",
	} {
		if got := preferred(accepts); got != want {
			t.Errorf("%q: got %q, want %q", accepts, got, want)
		}
	}
}

func TestLongAnswersAreCompressed(t *testing.T) {
	t.Parallel()
	var c compressors
	dynamodb, sts := &catalog.Service{Traits: catalog.Traits{CRC32: true}}, &catalog.Service{}
	for _, asked := range []struct {
		accepts, want string
		service       *catalog.Service
		length        int
	}{
		{"gzip", "gzip", dynamodb, 4096},
		{"gzip", "gzip", dynamodb, 100000},
		{"deflate", "deflate", dynamodb, 4096},
		{"gzip", "", dynamodb, 4095},
		{"gzip", "", sts, 100000},
		{"", "", dynamodb, 100000},
	} {
		body := strings.Repeat("x", asked.length)
		reply := protocol.Reply{Header: http.Header{}, Body: []byte(body)}
		r := &http.Request{Header: http.Header{}}
		if asked.accepts != "" {
			r.Header.Set("Accept-Encoding", asked.accepts)
		}
		c.compress(&reply, r, asked.service)
		if got := reply.Header.Get("Content-Encoding"); got != asked.want {
			t.Errorf("%+v: got %q", asked, got)
		}
		var from io.Reader = bytes.NewReader(reply.Body)
		var err error
		switch asked.want {
		case "gzip":
			from, err = gzip.NewReader(from)
		case "deflate":
			from, err = zlib.NewReader(from)
		}
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(from)
		if err != nil || string(plain) != body {
			t.Errorf("%+v: %d bytes, %v", asked, len(plain), err)
		}
		if want := strconv.FormatUint(uint64(crc32.ChecksumIEEE(reply.Body)), 10); asked.want != "" && reply.Header.Get("X-Amz-Crc32") != want {
			t.Errorf("%+v: checksum %s, want %s", asked, reply.Header.Get("X-Amz-Crc32"), want)
		}
	}
}
