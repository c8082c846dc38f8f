package dynamodb_test

import (
	"archive/zip"
	"bytes"
	"flag"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/services/dynamodb"
	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/disk"
)

var writeFormat = flag.Bool("write-format", false, "write today's format into testdata/formats; give it a new number first")

// today is the number of the format that -write-format writes.
const today = "1"

// TestFormats opens a data folder of each format there ever was, testdata/formats/NUMBER.zip, and wants to read
// from it what NUMBER.txt says. Folders of older formats are never written anew: that is what they are for.
func TestFormats(t *testing.T) {
	t.Parallel()
	if *writeFormat {
		packFormat(t)
	}
	archives, err := filepath.Glob("testdata/formats/*.zip")
	if err != nil || len(archives) == 0 {
		t.Fatal("no formats", err)
	}
	for _, archive := range archives {
		t.Run(filepath.Base(archive), func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			unpack(t, archive, folder)
			s := startOn(t, folder)
			script := strings.TrimSuffix(archive, ".zip") + ".txt"
			text, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			written := runScript(s, string(text))
			if *rewrite {
				if err := os.WriteFile(script, []byte(written), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func startOn(t *testing.T, folder string) *server {
	t.Helper()
	return start(t, func() store.Store {
		s, err := disk.Open(folder, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}, dynamodb.Current)
}

// packFormat runs the script write.txt on a new folder and packs what comes of it.
func packFormat(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	s := startOn(t, folder)
	text, err := os.ReadFile("testdata/formats/write.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, paragraph := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
		for _, line := range strings.Split(paragraph, "\n") {
			operation, body, _ := strings.Cut(line, " ")
			if operation == "advance" {
				s.advance(body)
			} else {
				s.must(operation, body)
			}
		}
	}
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	if err := w.AddFS(os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("testdata/formats/"+today+".zip", packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	s.store = s.open() // for the cleanup
}

func unpack(t *testing.T, archive, folder string) {
	t.Helper()
	r, err := zip.OpenReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	err = fs.WalkDir(r, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(folder, filepath.FromSlash(name))
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		from, err := r.Open(name)
		if err != nil {
			return err
		}
		defer from.Close()
		content, err := io.ReadAll(from)
		if err != nil {
			return err
		}
		return os.WriteFile(to, content, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}
