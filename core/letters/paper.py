"""A letter in the two forms a mail has, and as a mail with everything around it."""

from email.utils import formataddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from common.language import in_dutch
from core.letters.addresses import return_address
from core.letters.models import Letter, Topic
from tenants.standards.wording import Block, blocks


def blocks_of(text: str) -> list[Block]:
    """Return what was written as blocks; nothing in it is filled in any more."""
    return blocks(text, {})


def plain_of(text: str) -> str:
    """Return what was written for who reads mail without mark-up."""
    parts = []
    for block in blocks_of(text):
        lines = [f"- {line}" for line in block.lines] if block.kind == "points" else list(block.lines)
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def topic_of(letter: Letter) -> str:
    """Return the line above it."""
    return str(Topic(letter.topic).label)


@in_dutch()
def mail_of(letter: Letter, *, municipality_id: UUID, answer_to: str) -> EmailMultiAlternatives:
    """Return a letter as a mail.

    It comes back to an address of its own, an answer goes to who wrote it, and however often it is sent it has one id.
    """
    topic = topic_of(letter)
    message = EmailMultiAlternatives(
        subject=topic,
        body=plain_of(letter.text),
        # What Django calls "from" is the sender of the envelope; what people see stands in the header.
        from_email=return_address(municipality_id=municipality_id, letter_id=letter.pk),
        to=[letter.to_email],
        reply_to=[answer_to] if answer_to else None,
        headers={
            "From": formataddr((letter.written_by, settings.DEFAULT_FROM_EMAIL)),
            "Message-ID": f"<{letter.pk}@{settings.BASE_DOMAIN}>",
            "Content-Language": "nl",
        },
    )
    html = render_to_string("letters/mail/letter.html", {"topic": topic, "blocks": blocks_of(letter.text)})
    message.attach_alternative(html, "text/html")
    return message
