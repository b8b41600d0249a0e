package store

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Documents are JSON, which has no place for octets that are no UTF-8; an
// address must come back as it was all the same. Such a text, and one that
// starts like the mark, is kept as base64 behind the mark.
const octets = "\x00b64:"

func odd(s string) bool { return !utf8.ValidString(s) || strings.HasPrefix(s, "\x00") }

// marshal writes a document.
func marshal(v any) ([]byte, error) {
	value := reflect.ValueOf(v)
	if anyString(value, odd) {
		value = mapStrings(value, func(s string) string {
			if odd(s) {
				return octets + base64.StdEncoding.EncodeToString([]byte(s))
			}
			return s
		})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value.Interface()); err != nil {
		return nil, fmt.Errorf("writing a document: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// unmarshal reads a document that marshal wrote.
func unmarshal[T any](b []byte) (*T, error) {
	v := new(T)
	if err := json.Unmarshal(b, v); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if bytes.Contains(b, []byte(`\u0000b64:`)) {
		m := mapStrings(reflect.ValueOf(*v), func(s string) string {
			if raw, ok := strings.CutPrefix(s, octets); ok {
				if out, err := base64.StdEncoding.DecodeString(raw); err == nil {
					return string(out)
				}
			}
			return s
		})
		*v = m.Interface().(T)
	}
	return v, nil
}

// anyString reports whether a text in a value is of a kind. Types with a text
// form of their own (times, hashes) are passed over.
func anyString(v reflect.Value, is func(string) bool) bool {
	switch v.Kind() {
	case reflect.String:
		return is(v.String())
	case reflect.Pointer:
		return !v.IsNil() && anyString(v.Elem(), is)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && anyString(v.Field(i), is) {
				return true
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if anyString(v.Index(i), is) {
				return true
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if anyString(it.Key(), is) || anyString(it.Value(), is) {
				return true
			}
		}
	}
	return false
}

// mapStrings is a copy of a value with every text in it changed.
func mapStrings(v reflect.Value, f func(string) string) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		out.SetString(f(v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			p := reflect.New(v.Type().Elem())
			p.Elem().Set(mapStrings(v.Elem(), f))
			out.Set(p)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(mapStrings(v.Field(i), f))
			}
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(mapStrings(v.Index(i), f))
			}
		}
	case reflect.Map:
		if !v.IsNil() {
			out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
			for it := v.MapRange(); it.Next(); {
				out.SetMapIndex(mapStrings(it.Key(), f), mapStrings(it.Value(), f))
			}
		}
	}
	return out
}
