package disk

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// FormatVersion is the version of what Brownout writes into a data folder: folder layout, keys and values.
const FormatVersion = 1

const (
	formatName   = "FORMAT"
	databaseName = "pebble"
)

// InUseError says that another process, or another store of this one, has the folder open.
type InUseError struct{ Dir string }

// Error implements error.
func (e *InUseError) Error() string {
	return fmt.Sprintf("data folder %s is in use by another Brownout process; stop it or choose another --data folder", e.Dir)
}

// FormatError says that this Brownout cannot read the folder.
type FormatError struct {
	Dir     string
	Version int    // of the folder; 0 when it cannot be told
	Writer  string // the Brownout version that wrote it, where known
}

// Error implements error.
func (e *FormatError) Error() string {
	if e.Version == 0 {
		return fmt.Sprintf("data folder %s holds data but no readable %s file; restore that file or choose another --data folder", e.Dir, formatName)
	}
	return fmt.Sprintf("data folder %s has format %d, written by Brownout %s, and this Brownout reads formats up to %d; start that version or a newer one, or choose another --data folder",
		e.Dir, e.Version, e.Writer, FormatVersion)
}

// folder is a locked data folder whose format this Brownout reads.
type folder struct {
	path     string
	database string
	lock     *pebble.Lock
}

func openFolder(dir string) (*folder, error) {
	path, err := makeFolder(dir)
	if err != nil {
		return nil, err
	}
	f := &folder{path: path, database: filepath.Join(path, databaseName)}
	if f.lock, err = pebble.LockDirectory(f.database, vfs.Default); err != nil {
		if inUse(err) {
			return nil, &InUseError{Dir: path}
		}
		return nil, fmt.Errorf("data folder %s cannot be locked: %w", path, err)
	}
	if err := f.checkFormat(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// makeFolder makes what is missing. The path it answers is the same for every way to name the folder,
// since locks within one process are told apart by name.
func makeFolder(dir string) (string, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("data folder %s: %w", dir, err)
	}
	if err := os.MkdirAll(filepath.Join(path, databaseName), 0o700); err != nil {
		return "", fmt.Errorf("data folder %s: %w", dir, err)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", fmt.Errorf("data folder %s: %w", dir, err)
	}
	return path, nil
}

// inUse tells a lock that somebody holds from one that cannot be had at all.
func inUse(err error) bool {
	const sharingViolation = syscall.Errno(32) // Windows
	var pathError *fs.PathError
	var number syscall.Errno
	switch {
	case errors.As(err, &pathError):
		return false
	case errors.As(err, &number) && runtime.GOOS == "windows":
		return number == sharingViolation
	case errors.As(err, &number):
		return number == syscall.EAGAIN || number == syscall.EACCES
	}
	return strings.Contains(err.Error(), "held by current process")
}

func (f *folder) checkFormat() error {
	text, err := os.ReadFile(filepath.Join(f.path, formatName))
	if errors.Is(err, fs.ErrNotExist) {
		return f.begin()
	}
	if err != nil {
		return fmt.Errorf("data folder %s: %w", f.path, err)
	}
	var version int
	var writer string
	if n, err := fmt.Fscanf(bytes.NewReader(text), "format %d, written by Brownout %s", &version, &writer); n == 0 || version < 1 {
		return errors.Join(&FormatError{Dir: f.path}, err)
	}
	if version > FormatVersion {
		return &FormatError{Dir: f.path, Version: version, Writer: writer}
	}
	return nil
}

// begin writes the format before the first data, so that data without a format is never ours.
func (f *folder) begin() error {
	held, err := os.ReadDir(f.database)
	if err != nil {
		return fmt.Errorf("data folder %s: %w", f.path, err)
	}
	for _, entry := range held {
		if entry.Name() != "LOCK" {
			return &FormatError{Dir: f.path}
		}
	}
	text := fmt.Sprintf("format %d, written by Brownout %s\n", FormatVersion, writerVersion())
	if err := writeSynced(f.path, formatName, text); err != nil {
		return fmt.Errorf("data folder %s: %w", f.path, err)
	}
	return nil
}

func writerVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// writeSynced makes a file that is there whole or not at all, whenever the power fails.
func writeSynced(dir, name, text string) error {
	path := filepath.Join(dir, name)
	file, err := os.Create(path + ".new")
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return errors.Join(syncFolder(dir), syncFolder(filepath.Dir(dir)))
}

// syncFolder goes through Pebble's file system, which knows where folders cannot be synced (Windows).
func syncFolder(dir string) error {
	handle, err := vfs.Default.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(handle.Sync(), handle.Close())
}

// Close gives the folder free.
func (f *folder) Close() error { return f.lock.Close() }
