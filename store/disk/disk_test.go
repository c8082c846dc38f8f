package disk_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/disk"
	"github.com/brownoutdev/brownout/store/storetest"
)

func open(t testing.TB, dir string) *disk.Store {
	t.Helper()
	s, err := disk.Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, t.TempDir()) })
}

func TestFolderIsMadeAndKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "data")
	s := open(t, dir)
	write(t, s, "a")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := open(t, dir).Get([]byte("a")); err != nil || string(got) != "value" {
		t.Errorf("after opening again: %q, %v", got, err)
	}
}

func write(t *testing.T, s store.Store, key string) {
	t.Helper()
	if err := s.Update(t.Context(), nil, func(w store.Writer) error { return w.Set([]byte(key), []byte("value")) }); err != nil {
		t.Fatal(err)
	}
}

func TestFolderInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{dir, filepath.Join(dir, "..", filepath.Base(dir)), link} {
		_, err := disk.Open(name, slog.New(slog.DiscardHandler))
		var inUse *disk.InUseError
		if !errors.As(err, &inUse) {
			t.Fatalf("Open(%s) = %v; want an InUseError", name, err)
		}
		if want := "is in use by another Brownout process; stop it or choose another --data folder"; !strings.HasSuffix(err.Error(), want) {
			t.Errorf("the error says %q", err)
		}
	}
	write(t, s, "still works")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, link)
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text, want string
	}{
		{"newer", "format 7, written by Brownout v9.1.0\n", "has format 7, written by Brownout v9.1.0, and this Brownout reads formats up to 1; start that version or a newer one, or choose another --data folder"},
		{"damaged", "\x00\x00", "no readable FORMAT file; restore that file or choose another --data folder"},
		{"missing", "", "no readable FORMAT file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := open(t, dir).Close(); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "FORMAT")
			kept, err := os.ReadFile(path)
			if err != nil || !strings.HasPrefix(string(kept), "format 1, written by Brownout ") {
				t.Fatalf("FORMAT holds %q, %v", kept, err)
			}
			if test.text == "" {
				err = os.Remove(path)
			} else {
				err = os.WriteFile(path, []byte(test.text), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			_, err = disk.Open(dir, slog.New(slog.DiscardHandler))
			var format *disk.FormatError
			if !errors.As(err, &format) || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("Open = %v; want a FormatError that says %q", err, test.want)
			}
			if err := os.WriteFile(path, kept, 0o600); err != nil {
				t.Fatal(err)
			}
			open(t, dir) // the refusal left the folder unlocked
		})
	}
}

func TestFolderThatCannotBe(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := disk.Open(file, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "data folder "+file) {
		t.Errorf("Open of a file = %v; want an error that names it", err)
	}
}
