import { useDocumentActions } from "../hooks/useDocumentActions.js";
import { useRemoval } from "../hooks/useRemoval.js";
import { useToasts } from "../hooks/useToasts.js";
import { nameOf, type AppDocument } from "../lib/document.js";
import { hrefTo } from "../lib/route.js";
import { Icon } from "./Icon.js";
import { Menu, type MenuItem } from "./Menu.js";

type Props = { document: AppDocument; onRemove?: () => void };

/** What the owner can do to a document as a whole. */
export function DocumentMenu({ document, onRemove }: Props) {
  const { setStatus, setPublic } = useDocumentActions(document);
  const remove = useRemoval(document);
  const show = useToasts();
  const { status, isPublic } = document;

  const copyLink = async () => {
    const link = new URL(
      hrefTo({ page: "document", id: document._id }),
      window.location.href,
    );
    const copied = await navigator.clipboard.writeText(link.href).then(
      () => true,
      () => false,
    );
    show(
      copied
        ? { tone: "done", title: "Link copied" }
        : { tone: "refused", title: "The link could not be copied" },
    );
  };
  const items: MenuItem[] = [
    status === "published"
      ? {
          label: "Unpublish",
          icon: "unpublish",
          run: () => void setStatus("draft"),
        }
      : {
          label: "Publish",
          icon: "publish",
          run: () => void setStatus("published"),
        },
    isPublic
      ? {
          label: "Make private",
          icon: "lock",
          run: () => void setPublic(false),
        }
      : {
          label: "Make public",
          icon: "globe",
          run: () => void setPublic(true),
        },
    status === "archived"
      ? {
          label: "Back to drafts",
          icon: "restore",
          run: () => void setStatus("draft"),
        }
      : {
          label: "Archive",
          icon: "archive",
          run: () => void setStatus("archived"),
        },
    { label: "Copy link", icon: "link", run: () => void copyLink() },
    {
      label: "Move to trash",
      icon: "trash",
      isDangerous: true,
      run: () => void remove().then((done) => done && onRemove?.()),
    },
  ];

  return (
    <Menu
      label={`Actions for ${nameOf(document)}`}
      trigger={<Icon name="more" />}
      items={items}
    />
  );
}
