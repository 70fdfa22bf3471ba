import { useRoute } from "../hooks/useRoute.js";
import { sections } from "../pages/sections.js";
import { Icon } from "./Icon.js";

export function Nav() {
  const { page } = useRoute();
  return (
    <nav className="nav" aria-label="Sections">
      {sections.map((section) => (
        <a
          key={section.page}
          className="nav__link"
          href={section.href}
          aria-current={section.page === page ? "page" : undefined}
        >
          <Icon name={section.icon} />
          {section.short !== undefined && (
            <span className="nav__short">{section.short}</span>
          )}
          <span className="nav__label">{section.label}</span>
        </a>
      ))}
    </nav>
  );
}
