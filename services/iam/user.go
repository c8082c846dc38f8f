package iam

import "github.com/brownoutdev/brownout/services"

// userRecord is a user as it is stored.
type userRecord struct {
	User User
	holder
	// Keys are the ids of the user's access keys, in the order in which they were made.
	Keys []string `json:",omitempty"`
}

const mostInlineOfUser = 2048

// user is a user of the account, or AWS's error that it does not exist.
func (t *transaction) user(name string) (*userRecord, error) {
	user, ok, err := read[userRecord](t, t.key(userLetter, name))
	if err != nil {
		return nil, err
	}
	if !ok || *user.User.UserName != name {
		return nil, noSuch("The user with name %s cannot be found.", name)
	}
	return user, nil
}

func (t *transaction) putUser(user *userRecord) error {
	return t.put(t.key(userLetter, *user.User.UserName), user)
}

func (s *Service) changeUser(r *services.Request, name string, fn func(*transaction, *userRecord) error) error {
	return s.change(r, func(t *transaction) error {
		user, err := t.user(name)
		if err != nil {
			return err
		}
		if err := fn(t, user); err != nil {
			return err
		}
		return t.putUser(user)
	})
}

func (s *Service) viewUser(r *services.Request, name string) (user *userRecord, err error) {
	err = s.view(r, func(t *transaction) error {
		user, err = t.user(name)
		return err
	})
	return user, err
}

// userName is the user that a call means: the one it names, else the caller.
func userName(r *services.Request, named *string) (string, error) {
	if named != nil {
		return *named, nil
	}
	if name, _ := nameOf(r.Caller.ARN, "user/"); name != "" {
		return name, nil
	}
	return "", invalid("Must specify userName when calling with non-User credentials")
}
