"""Whether two texts from outside are the same, without keeping them: full keyed tokens.

For ids that a sender made up, of which each must be told from every other. What names a person is
looked up by `keyring.lookup_tokens`, which several people share.
"""

import hashlib
import hmac
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.foundation.sealing.keyring import ring


def same_tokens(session: Session, *, tenant_id: UUID, kind: str, text: str) -> list[str]:
    """Tokens of `text` (hex, 256 bits), one for each version of the tenant's key, newest first.

    Write the first; look for all of them.
    """
    said = f"bindeledd.same.v1|{kind}|{text}".encode()
    return [
        hmac.new(key, said, hashlib.sha256).hexdigest()
        for _, key in sorted(ring(session).tenant(tenant_id).index.items(), reverse=True)
    ]
