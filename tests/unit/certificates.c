/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/certificates.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

static bool certificates_write(const struct identity *i, const char *dir,
                               const char *name)
{
    char path[256];
    bool is_written = false;
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s-key.pem", dir, name);
    f = fopen(path, "w");
    if (f) {
        is_written = PEM_write_PrivateKey(f, i->key, NULL, NULL, 0, NULL, NULL);
        fclose(f);
    }
    snprintf(path, sizeof(path), "%s/%s.pem", dir, name);
    f = fopen(path, "w");
    if (f) {
        is_written = is_written && PEM_write_X509(f, i->certificate);
        fclose(f);
    }
    return is_written;
}

bool certificates_make_for(struct identity *i, const struct identity *by,
                           const char *dir, const char *name, long life_s)
{
    X509_NAME *subject;

    i->key = EVP_EC_gen("P-256");
    i->certificate = X509_new();
    if (!i->key || !i->certificate)
        return false;
    subject = X509_get_subject_name(i->certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               (const unsigned char *)name, -1, -1, 0);
    X509_set_version(i->certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(i->certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(i->certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(i->certificate), life_s);
    X509_set_pubkey(i->certificate, i->key);
    if (!by) {
        X509_EXTENSION *is_ca = X509V3_EXT_conf_nid(
            NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");

        X509_add_ext(i->certificate, is_ca, -1);
        X509_EXTENSION_free(is_ca);
        by = i;
    }
    X509_set_issuer_name(i->certificate,
                         X509_get_subject_name(by->certificate));
    return X509_sign(i->certificate, by->key, EVP_sha256()) > 0 &&
           certificates_write(i, dir, name);
}

bool certificates_make(struct identity *i, const struct identity *by,
                       const char *dir, const char *name)
{
    return certificates_make_for(i, by, dir, name, 3600);
}

void certificates_clear(struct identity *i)
{
    EVP_PKEY_free(i->key);
    X509_free(i->certificate);
}
