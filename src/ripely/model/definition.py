"""Everything people define as documents, together."""

from ripely.model.company import Company, Guard, Team
from ripely.model.journey import Journey
from ripely.model.score import Score
from ripely.model.segment import Segment
from ripely.model.template import Template

Definition = Segment | Score | Journey | Template | Company | Guard | Team
